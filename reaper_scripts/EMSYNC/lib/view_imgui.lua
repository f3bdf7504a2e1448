-- Draws rows (lib.form) by ReaImGui, where that extension is installed.

local view = {}

-- The version of its interface that these scripts are written for.
local VERSION = "0.9.3"
local WIDTH, PAD = 460, 132

local imgui, context, rows, event

-- Whether ReaImGui is installed in a version that offers this interface.
function view.available()
  if not reaper.ImGui_GetBuiltinPath then
    return false
  end
  local before = package.path
  package.path = reaper.ImGui_GetBuiltinPath() .. "/?.lua"
  local fine, loaded = pcall(function()
    return require("imgui")(VERSION)
  end)
  package.path = before
  imgui = fine and loaded or nil
  return imgui ~= nil
end

local draw = {}

function draw.text(row)
  if row.dim then
    imgui.BeginDisabled(context)
  end
  imgui.TextWrapped(context, row.text)
  if row.dim then
    imgui.EndDisabled(context)
  end
end

function draw.choice(row)
  local texts, current = {}, 0
  for place, option in ipairs(row.options) do
    texts[place] = option[2]
    current = option[1] == row.value and place - 1 or current
  end
  local changed, chosen = imgui.Combo(
    context, "##" .. row.id, current, table.concat(texts, "\0") .. "\0"
  )
  return changed and { id = row.id, value = row.options[chosen + 1][1] }
end

function draw.slider(row)
  local text = row.zero and row.value == 0 and row.zero or row.text:format(row.value)
  local changed, value = imgui.SliderDouble(
    context, "##" .. row.id, row.value, row.low, row.high, (text:gsub("%%", "%%%%"))
  )
  value = row.low + math.floor((value - row.low) / row.step + 0.5) * row.step
  return changed and { id = row.id, value = value }
end

function draw.check(row)
  local changed, value = imgui.Checkbox(context, row.text .. "##" .. row.id, row.value)
  return changed and { id = row.id, value = value }
end

function draw.toggles(row)
  local happened
  for place, option in ipairs(row.options) do
    if place > 1 then
      imgui.SameLine(context)
    end
    if imgui.Checkbox(context, option[2], row.value[option[1]]) then
      happened = { id = row.id, value = option[1] }
    end
  end
  return happened
end

function draw.number(row)
  local changed, value = imgui.InputInt(context, "##" .. row.id, row.value)
  return changed and value >= 0 and { id = row.id, value = value }
end

function draw.section(row)
  local text = row.text .. "   " .. row.reason .. "##" .. row.value
  return imgui.Selectable(context, text, row.chosen) and { id = row.id, value = row.value }
end

function draw.pad(row)
  local left, top = imgui.GetCursorScreenPos(context)
  imgui.InvisibleButton(context, "##pad", PAD, PAD)
  local list, half = imgui.GetWindowDrawList(context), PAD / 2
  imgui.DrawList_AddRect(list, left, top, left + PAD, top + PAD, 0x9EA3ABFF)
  imgui.DrawList_AddCircleFilled(
    list, left + half + row.valence * half, top + half - row.arousal * half, 6, 0x57B5E8FF
  )
  if not imgui.IsItemActive(context) then
    return nil
  end
  local x, y = imgui.GetMousePos(context)
  local function within(value)
    return math.max(-1, math.min(math.floor(100 * value + 0.5) / 100, 1))
  end
  return { id = row.id, value = { within((x - left) / half - 1), within(1 - (y - top) / half) } }
end

function draw.bar(row)
  imgui.ProgressBar(context, row.share)
end

function draw.buttons(row)
  local happened
  for place, option in ipairs(row.options) do
    if place > 1 then
      imgui.SameLine(context)
    end
    if imgui.Button(context, option.text) then
      happened = { id = option.id }
    end
  end
  return happened
end

-- ReaImGui drops a window that is not drawn at each idle call.
local function tick()
  if not context then
    return
  end
  imgui.SetNextWindowSize(context, WIDTH, 0)
  local visible, open = imgui.Begin(context, "EMSYNC", true)
  if visible then
    for _, row in ipairs(rows) do
      if row.label and row.label ~= "" then
        imgui.Text(context, row.label)
      end
      event = draw[row.kind](row) or event
    end
    imgui.End(context)
  end
  if not open then
    event = { id = "closed" }
  end
  reaper.defer(tick)
end

function view.open(title)
  context, rows, event = imgui.CreateContext(title), {}, nil
  tick()
end

-- As in lib.view_gfx.
function view.frame(wanted)
  local happened = event
  rows = wanted
  if not (happened and happened.id == "closed") then
    event = nil
  end
  return happened
end

function view.close()
  context = nil
end

return view
