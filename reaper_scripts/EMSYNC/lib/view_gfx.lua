-- Draws rows (lib.form) in a plain window of REAPER's own graphics, and reads the mouse.

local view = {}

local WIDTH, MARGIN, LINE, LABEL = 520, 16, 26, 100
local PAD = 132
local LEFT = 1
local ESCAPE, ENTER = 27, 13
local FONT = 1
local INK = {
  page = { 0.13, 0.14, 0.16 }, text = { 0.92, 0.92, 0.92 }, dim = { 0.62, 0.64, 0.67 },
  field = { 0.21, 0.23, 0.26 }, mark = { 0.34, 0.71, 0.91 }, on_mark = { 0.05, 0.07, 0.09 },
}

local held, mouse, primary, drawn
local height = 0

local function ink(name)
  local colour = INK[name]
  gfx.set(colour[1], colour[2], colour[3], 1)
end

local function cut(text, width)
  while gfx.measurestr(text) > width and #text > 4 do
    -- Not within a character of several bytes.
    text = text:gsub("%.%.%.$", ""):gsub("[^\x80-\xBF][\x80-\xBF]*$", "") .. "..."
  end
  return text
end

local function write(text, x, y, width, name)
  ink(name or "text")
  gfx.x, gfx.y = x, y + 5
  gfx.drawstr(cut(text, width))
end

local function box(x, y, width, tall, name)
  ink(name)
  gfx.rect(x, y, width, tall, 1)
end

local function inside(x, y, width, tall)
  return mouse.x >= x and mouse.x < x + width and mouse.y >= y and mouse.y < y + tall
end

local function clicked(x, y, width, tall)
  return mouse.pressed and inside(x, y, width, tall)
end

local function shown_option(row)
  for _, option in ipairs(row.options) do
    if option[1] == row.value then
      return option[2]
    end
  end
  return tostring(row.value)
end

-- A menu of REAPER; its signs for submenus, lines and checks are taken out of the texts.
local function menu(row)
  local texts = {}
  for place, option in ipairs(row.options) do
    local text = option[2]:gsub("[|]", "/"):gsub("^[#!<>]+", "")
    texts[place] = (option[1] == row.value and "!" or "") .. text
  end
  gfx.x, gfx.y = mouse.x, mouse.y
  local option = row.options[gfx.showmenu(table.concat(texts, "|"))]
  return option and { id = row.id, value = option[1] }
end

local draw = {}

function draw.text(row, x, y, width)
  write(row.text, x, y, width, row.dim and "dim" or "text")
  return LINE
end

function draw.choice(row, x, y, width)
  box(x, y + 2, width, LINE - 4, "field")
  write(shown_option(row), x + 8, y, width - 30)
  ink("dim")
  local right, middle = x + width - 14, y + LINE // 2
  gfx.triangle(right - 4, middle - 2, right + 4, middle - 2, right, middle + 3)
  return LINE, clicked(x, y, width, LINE) and menu(row)
end

function draw.slider(row, x, y, width)
  local share = (row.value - row.low) / (row.high - row.low)
  box(x, y + 2, width, LINE - 4, "field")
  box(x, y + LINE - 5, math.floor(width * math.max(0, math.min(share, 1))), 3, "mark")
  local text = row.zero and row.value == 0 and row.zero or row.text:format(row.value)
  write(text, x + 8, y, width - 16)
  if clicked(x, y, width, LINE) then
    held = row.id
  end
  if held == row.id and mouse.down then
    local at = math.max(0, math.min((mouse.x - x) / width, 1))
    local steps = math.floor(at * (row.high - row.low) / row.step + 0.5)
    local value = row.low + steps * row.step
    if math.abs(value - row.value) > row.step / 2 then
      return LINE, { id = row.id, value = value }
    end
  end
  return LINE
end

function draw.check(row, x, y, width)
  box(x, y + 6, 14, 14, "field")
  if row.value then
    box(x + 3, y + 9, 8, 8, "mark")
  end
  write(row.text, x + 22, y, width - 22)
  return LINE, clicked(x, y, width, LINE) and { id = row.id, value = not row.value }
end

function draw.toggles(row, x, y, width)
  local each, event = width // #row.options, nil
  for place, option in ipairs(row.options) do
    local left = x + (place - 1) * each
    local on = row.value[option[1]]
    box(left, y + 2, each - 4, LINE - 4, on and "mark" or "field")
    write(option[2], left + 5, y, each - 12, on and "on_mark" or "dim")
    if clicked(left, y, each - 4, LINE) then
      event = { id = row.id, value = option[1] }
    end
  end
  return LINE, event
end

function draw.number(row, x, y, width)
  box(x, y + 2, width, LINE - 4, "field")
  write(tostring(row.value), x + 8, y, width - 16)
  if not clicked(x, y, width, LINE) then
    return LINE
  end
  local given, text = reaper.GetUserInputs("EMSYNC", 1, "Seed", tostring(row.value))
  local number = given and tonumber(text:match("^%s*(%d+)%s*$"))
  return LINE, number and { id = row.id, value = number }
end

function draw.section(row, x, y, width)
  local tall = row.reason ~= "" and 2 * LINE - 6 or LINE
  if row.chosen then
    box(x - 6, y + 1, width + 12, tall - 2, "field")
  end
  write(row.text, x, y, width)
  if row.reason ~= "" then
    write(row.reason, x + 54, y + LINE - 6, width - 54, "dim")
  end
  return tall, clicked(x, y, width, tall) and { id = row.id, value = row.value }
end

function draw.pad(row, x, y)
  box(x, y + 4, PAD, PAD, "field")
  ink("dim")
  gfx.line(x, y + 4 + PAD // 2, x + PAD, y + 4 + PAD // 2)
  gfx.line(x + PAD // 2, y + 4, x + PAD // 2, y + 4 + PAD)
  write("unpleasant - pleasant", x + PAD + 12, y + 4, 200, "dim")
  write("calm below, excited above", x + PAD + 12, y + 4 + LINE, 200, "dim")
  ink("mark")
  local half = PAD / 2
  gfx.circle(x + half + row.valence * half, y + 4 + half - row.arousal * half, 6, 1, 1)
  if clicked(x, y + 4, PAD, PAD) then
    held = row.id
  end
  if held == row.id and mouse.down and mouse.moved then
    local function within(value)
      return math.max(-1, math.min(math.floor(100 * value + 0.5) / 100, 1))
    end
    local value = { within((mouse.x - x) / half - 1), within(1 - (mouse.y - y - 4) / half) }
    return PAD + 8, { id = row.id, value = value }
  end
  return PAD + 8
end

function draw.bar(row, x, y, width)
  box(x, y + 4, width, LINE - 8, "field")
  box(x, y + 4, math.floor(width * row.share), LINE - 8, "mark")
  return LINE
end

function draw.buttons(row, x, y, width)
  local each, event = width // #row.options, nil
  for place, option in ipairs(row.options) do
    local left = x + (place - 1) * each
    box(left, y + 8, each - 8, LINE + 2, option.primary and "mark" or "field")
    local text = cut(option.text, each - 20)
    local inset = (each - 8 - gfx.measurestr(text)) // 2
    write(text, left + inset, y + 9, each, option.primary and "on_mark" or "text")
    if option.primary then
      primary = option.id
    end
    if clicked(left, y + 8, each - 8, LINE + 2) then
      event = { id = option.id }
    end
  end
  return LINE + 14, event
end

local WHOLE = { text = true, section = true, bar = true, buttons = true }

function view.open(title)
  gfx.init(title, WIDTH, 120)
  gfx.setfont(FONT, "Arial", 15)
  held, mouse, drawn = nil, { x = 0, y = 0, down = false }, nil
  height = 120
end

local function read_mouse()
  local down = gfx.mouse_cap & LEFT ~= 0
  local before = mouse
  mouse = {
    moved = gfx.mouse_x ~= mouse.x or gfx.mouse_y ~= mouse.y or (down and not mouse.down),
    pressed = down and not mouse.down,
    down = down,
    x = gfx.mouse_x,
    y = gfx.mouse_y,
  }
  if not down then
    held = nil
  end
  return mouse.moved or before.down ~= down
end

-- Draws the rows. Returns what the user did as { id, value }, or nil; `closed` as id if the window
-- was closed. The same table of rows is drawn again only if the mouse or a key was used.
function view.frame(rows)
  local key = gfx.getchar()
  if key < 0 or key == ESCAPE then
    return { id = "closed" }
  end
  local used = read_mouse()
  if rows == drawn and not used and key == 0 then
    gfx.update()
    return nil
  end
  drawn, primary = rows, nil
  local y, event = MARGIN, nil
  box(0, 0, WIDTH, math.max(height, gfx.h), "page")
  for _, row in ipairs(rows) do
    local left, width = MARGIN, WIDTH - 2 * MARGIN
    if row.label and not (WHOLE[row.kind] and row.label == "") then
      write(row.label, MARGIN, y, LABEL - 8, "dim")
    end
    if row.label or not WHOLE[row.kind] then
      left, width = MARGIN + LABEL, width - LABEL
    end
    local tall, happened = draw[row.kind](row, left, y, width)
    y, event = y + tall, event or happened or nil
  end
  y = y + MARGIN
  if y ~= height then
    -- The new size holds from the next frame on.
    height, drawn = y, nil
    gfx.init("", WIDTH, height)
  end
  gfx.update()
  if key == ENTER and primary then
    return { id = primary }
  end
  return event
end

function view.close()
  gfx.quit()
end

return view
