// The page: which view is shown, the connection to the server, and errors.

import { cancel, get, listen } from "./api.js";
import { byId, dismiss, notice } from "./dom.js";
import { errorText, fileName, isRunning, stateText } from "./format.js";
import { LivePanel } from "./live.js";
import { PieceView } from "./piece.js";
import { Start } from "./start.js";
import { setUpTheme } from "./theme.js";

const fail = (error) => {
  if (error.status === undefined) throw error;
  notice(error.status === 0 || error.status === 401 ? "connection" : "error", error.message);
};
const piece = new PieceView(fail);
const live = new LivePanel(byId("live"), fail);
const start = new Start((job) => (location.hash = `#${job.id}`), fail);
let working = null;

function view(name) {
  for (const id of ["start", "work", "piece"]) byId(id).hidden = id !== name;
  byId("undo").hidden = byId("redo").hidden = byId("help-button").hidden = name !== "piece";
  if (name !== "piece") {
    piece.leave();
    byId("film-name").textContent = "";
    document.title = "EMSYNC";
  }
}

function showWork(job) {
  working = job;
  byId("work-title").textContent = fileName(job.request.video);
  byId("work-state").textContent = job.error ? errorText(job.error) : stateText(job);
  byId("work-state").className = job.state === "failed" ? "bad" : "";
  for (const id of ["work-progress", "work-hint", "work-cancel"]) byId(id).hidden = !isRunning(job);
  live.show(job);
  if (job.progress > 0) byId("work-progress").value = job.progress;
  else byId("work-progress").removeAttribute("value");
}

async function show() {
  const id = location.hash.slice(1);
  working = null;
  try {
    if (!id) {
      view("start");
      await start.show();
      return;
    }
    const job = await get(`/jobs/${encodeURIComponent(id)}`);
    if (job.state === "done") {
      view("piece");
      await piece.open(id);
    } else {
      view("work");
      showWork(job);
    }
  } catch (error) {
    if (error.status === 404) {
      notice("error", error.message);
      location.hash = "";
    } else fail(error);
  }
}

function receive(event) {
  piece.receive(event);
  live.receive(event);
  if (!working) {
    if (event.event === "job" && !byId("start").hidden) start.show().catch(fail);
    return;
  }
  if (event.event === "progress" && event.job === working.id) {
    showWork({ ...working, state: event.state, progress: event.share });
  } else if (event.event === "job" && event.id === working.id) {
    if (event.state === "done") show();
    else showWork(event);
  }
}

let wasGone = false;

function connected(state) {
  if (state !== true) {
    wasGone = true;
    notice("connection", state);
    return;
  }
  dismiss("connection");
  if (!wasGone) return;
  wasGone = false;
  piece.reconnected();
  // A view that could not be filled while the server was gone.
  if (byId("piece").hidden) show();
}

byId("work-cancel").addEventListener("click", () => cancel(working.id).catch(fail));
addEventListener("hashchange", show);
// A film that misses its box must not replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
setUpTheme(() => piece.refreshColours());
listen(receive, connected);
show();
get("/words").then((words) => {
  piece.setWords(words);
  start.setWords(words);
  live.setWords(words);
}, fail);
