-- A stand-in for ReaImGui 0.9: the functions that the scripts use, with their numbers of arguments.
-- `typed` answers widgets by their label, once.

local PLAIN = {
  BeginDisabled = 1, EndDisabled = 1, TextWrapped = 2, Text = 2, SameLine = 1, End = 1,
  SetNextWindowSize = 3, ProgressBar = 2, DrawList_AddRect = 6, DrawList_AddCircleFilled = 5,
}

return function(version)
  assert(version == "0.9.3", "the version is not pinned")
  local fake = { shown = {}, typed = {}, open = true, active = false }
  for name, count in pairs(PLAIN) do
    fake[name] = function(...)
      assert(select("#", ...) == count, name)
      local text = select(2, ...)
      if name:find("^Text") then
        fake.shown[#fake.shown + 1] = text
      end
    end
  end
  local function answer(label, usual)
    fake.shown[#fake.shown + 1] = label
    local typed = fake.typed[label]
    fake.typed[label] = nil
    if typed == nil then
      return false, usual
    end
    return true, typed
  end
  function fake.CreateContext(name)
    return { name = name }
  end
  function fake.Begin(_, _, closable)
    assert(closable == true)
    return true, fake.open
  end
  function fake.Combo(_, label, current, items)
    assert(math.type(current) == "integer" and items:sub(-1) == "\0")
    return answer(label, current)
  end
  function fake.SliderDouble(_, label, value, low, high, format)
    assert(low <= high and type(format) == "string")
    return answer(label, value)
  end
  function fake.Checkbox(_, label, value)
    return answer(label, value)
  end
  function fake.InputInt(_, label, value)
    return answer(label, value)
  end
  function fake.Selectable(_, label)
    return (answer(label))
  end
  function fake.Button(_, label)
    return (answer(label))
  end
  function fake.InvisibleButton(_, _, width, height)
    assert(width > 0 and height > 0)
  end
  function fake.GetCursorScreenPos()
    return 100, 200
  end
  function fake.GetMousePos()
    return 100 + 132 * 0.75, 200 + 132 * 0.25
  end
  function fake.GetWindowDrawList()
    return {}
  end
  function fake.IsItemActive()
    return fake.active
  end
  IMGUI = fake
  return fake
end
