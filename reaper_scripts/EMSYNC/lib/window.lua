-- A small window that shows the progress; closing it cancels the action.

local window = {}

local WIDTH, HEIGHT, MARGIN = 360, 90, 16

function window.open(title)
  gfx.init(title, WIDTH, HEIGHT)
  gfx.setfont(1, "Arial", 16)
end

-- share: of the present step that is done, 0..1. Raises an error if the window was closed.
function window.show(text, share)
  if gfx.getchar() < 0 then
    error("Cancelled", 0)
  end
  local width = WIDTH - 2 * MARGIN
  gfx.set(0.15, 0.15, 0.15, 1)
  gfx.rect(0, 0, WIDTH, HEIGHT, 1)
  gfx.set(0.9, 0.9, 0.9, 1)
  gfx.x, gfx.y = MARGIN, MARGIN
  gfx.drawstr(("%s ... %d %%   (close to cancel)"):format(text, math.floor(100 * share)))
  gfx.rect(MARGIN, HEIGHT - 2 * MARGIN, width, MARGIN, 0)
  gfx.rect(MARGIN, HEIGHT - 2 * MARGIN, math.floor(width * share), MARGIN, 1)
  gfx.update()
end

function window.close()
  gfx.quit()
end

return window
