// Requests to the server, and the events that it sends.

/** What went wrong, in one sentence for the user. status: of HTTP; 0 if nobody answered. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const GONE = "The server does not answer. Your changes are kept in this browser. "
  + "Start it with emsync serve, then run emsync open.";
const ENDED = "The server ended before it had answered. Start it with emsync serve, then try again.";
const CLOSED = "The server was started again. Run emsync open for a new link; "
  + "your changes are kept in this browser.";

async function answer(response) {
  if (response.ok) return response.json();
  if (response.status === 401) throw new ApiError(401, CLOSED);
  const text = await response.text();
  try {
    throw new ApiError(response.status, JSON.parse(text).error ?? `The server answered ${response.status}.`);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // Not JSON: no part of the server has written it.
    throw new ApiError(response.status, ENDED);
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, GONE);
  }
  return answer(response);
}

/** The JSON at a path. */
export const get = (path) => ask(path);

/** The answer to a JSON object that is sent to a path. signal: ends the request. */
export function post(path, values = {}, signal = undefined) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(values), signal });
}

/** Cancel a job. */
export const cancel = (job) => ask(`/jobs/${job}`, { method: "DELETE" });

/** Remove a job that has ended, with its files. */
export const forget = (job) => ask(`/jobs/${job}?forget=true`, { method: "DELETE" });

/** Upload a film; returns its metadata. progress: receives the share that is sent, 0..1. */
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    // Not fetch, which can't tell how much has been sent.
    const request = new XMLHttpRequest();
    request.open("POST", `/films?name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => progress(event.loaded / Math.max(1, event.total));
    request.onerror = () => reject(new ApiError(0, GONE));
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status });
      answer(response).then(resolve, reject);
    };
    request.send(file);
  });
}

/**
 * Listen to the server's events for as long as the page is open.
 *
 * receive: called with each event. connected: called with true when the connection stands, and with
 * the sentence for the user when it is gone.
 */
export function listen(receive, connected) {
  let wait = 500;
  const open = () => {
    const socket = new WebSocket(`ws://${location.host}/events`);
    socket.onopen = () => {
      wait = 500;
      connected(true);
    };
    socket.onmessage = (message) => receive(JSON.parse(message.data));
    socket.onclose = async () => {
      const reason = await get("/state").then(() => null, (error) => error.message);
      connected(reason ?? GONE);
      setTimeout(open, wait);
      wait = Math.min(2 * wait, 5000);
    };
  };
  open();
}
