// The view of one piece: it plays, it can be steered, and new versions come of it.

import { cancel, forget, get, post } from "./api.js";
import { Comparison } from "./comparison.js";
import { Composer, requestsFor } from "./composer.js";
import { hasNoPicture, newStretches } from "./cuts.js";
import { Daw } from "./daw.js";
import { announce, byId, dismiss, notice } from "./dom.js";
import * as edit from "./draft.js";
import { Film } from "./film.js";
import { errorText, exactTime, fileName } from "./format.js";
import { History, forgetDraft, keepDraft, keptDraft, tabs } from "./history.js";
import { setUpKeys } from "./keys.js";
import { loadPeaks, loadPiece, soundOf, versionsOf } from "./load.js";
import { chooseSection, emotionPanel } from "./panel-emotion.js";
import { dawPanel, filesPanel } from "./panel-files.js";
import { hitsPanel } from "./panel-hits.js";
import { musicPanel } from "./panel-music.js";
import { playersPanel } from "./panel-players.js";
import { versionsPanel } from "./panel-versions.js";
import { showPlanBar } from "./plan-bar.js";
import { Player } from "./player.js";
import { RecutDialog } from "./recut.js";
import { setUpTabs } from "./tabs.js";
import { Timeline } from "./timeline.js";
import { showTime, showTransport } from "./transport.js";

const PANELS = { Hits: hitsPanel, Emotion: emotionPanel, Music: musicPanel, Players: playersPanel,
  Versions: versionsPanel, Files: filesPanel, DAW: dawPanel };
const PLAN_WAIT = 40;
const NO_BARS = "This music has no plan of one piece, so a new cut can't keep its bars. Score the new cut by itself.";

/** What tells a cut of a film from another one, also if it replaced that file. */
const cutOf = (cues) => cues && `${cues.video.path} ${cues.video.duration}`;

/** Shows one job that is done, or whose notes are written. */
export class PieceView {
  #player = new Player(byId("film"), byId("audio-a"), byId("audio-b"));
  #film = new Film(this.#player);
  #timeline = new Timeline();
  #history = new History();
  #composer;
  #daw;
  #tabs;
  #announceChange;
  #fail;
  #words = {};
  #inDaw = false;
  #job = null;
  #request = null;
  #cues = null;
  #notes = null;
  #peaks = null;
  #base = null;
  #draft = null;
  #planned = null;
  #planError = null;
  #planning = null;
  #opening = null;
  #opened = null;
  #versions = [];
  #kept = null;
  #recut = new RecutDialog((values) => this.#recutFilm(values));
  #comparison = new Comparison(this.#player);

  /** fail: shows an error. */
  constructor(fail) {
    this.#fail = fail;
    this.#daw = new Daw(fail);
    this.#composer = new Composer({
      progress: () => this.#showPlanBar(),
      written: (job) => this.#open(job, "The new notes are there. Their sound follows."),
      sounds: (job) => this.#sounds(job),
      done: (job) => this.#composed(job),
      failed: (message, job) => this.#failed(message, job),
    });
    this.#tabs = setUpTabs(Object.keys(PANELS), () => {
      if (this.#draft) chooseSection(this.#draft.sections, this.#player.time);
      this.#showPanel();
    });
    this.#announceChange = tabs((job) => this.#otherTab(job));
    this.#listen();
    setUpKeys(() => this.isShown, this.#actions());
    const turn = () => {
      if (this.isShown) {
        this.#timeline.update(this.#player.time, this.#player.playing);
        showTime(this.#player, (this.#planned ?? this.#notes).bars);
      }
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  }

  get isShown() {
    return this.#job !== null && !byId("piece").hidden;
  }

  get job() {
    return this.#job;
  }

  setWords(words) {
    this.#words = words;
  }

  refreshColours() {
    this.#timeline.refreshColours();
  }

  /** Stop, because another view is shown. */
  leave() {
    if (!this.#inDaw) this.#player.pause();
  }

  /** Take an event of the server. */
  receive(event) {
    if (event.event === "state") {
      const before = this.#daw.state;
      this.#daw.receive(event);
      const isNews = ["state", "job", "follows", "trouble", "fault"].some((name) => before?.[name] !== event[name]);
      if (isNews && this.isShown && this.#tabs.present() === "DAW") this.#showPanel();
    }
    this.#composer.receive(event);
    if (event.event === "job" && this.#job) {
      const jobs = [...this.#versions.filter((job) => job.id !== event.id), event];
      this.#versions = versionsOf(jobs.toSorted((one, other) => one.created - other.created), this.#job.request.video);
      if (this.#tabs.present() === "Versions") this.#showPanel();
    }
  }

  /** The connection is back: ask for what was missed. */
  async reconnected() {
    await this.#composer.refresh().catch(this.#fail);
  }

  /**
   * Show a job. draft: to go on with; null for the one that this browser has kept. other: the
   * version to compare with, `{job, take}`.
   */
  async open(id, { draft = null, other = null, isStep = false } = {}) {
    const { job, request, cues, notes, edits, kept: keptMusic, versions } = await loadPiece(id);
    const before = this.#job;
    const isVersion = before !== null
      && (before.request.video === job.request.video || versions.some((one) => one.id === before.id));
    const isOtherCut = cutOf(cues) !== cutOf(this.#cues);
    [this.#job, this.#request, this.#cues, this.#notes, this.#peaks] = [job, request, cues, notes, null];
    [this.#versions, this.#kept] = [versions, keptMusic];
    [this.#planned, this.#planError] = [null, null];
    this.#base = edit.draftOf(cues, request, edits);
    const kept = draft ?? keptDraft(id);
    this.#draft = kept ?? this.#base;
    if (!isVersion) this.#history = new History();
    if (!isStep) this.#history.push({ job: id, draft: this.#draft });
    if (isOtherCut) {
      this.#player.pause();
      this.#player.seek(0);
    }
    this.#player.setPiece(notes.duration, cues.start);
    this.#timeline.setPiece(job, notes.duration, cues.video.fps);
    this.#film.show(job, cutOf(cues), hasNoPicture(request));
    this.#daw.job = id;
    await this.#comparison.setPiece(job, notes, other);
    byId("film-name").textContent = fileName(job.request.video);
    document.title = `${fileName(job.request.video)} - EMSYNC`;
    if (kept && !draft && edit.changesOf(kept, this.#base).length) {
      announce("Your changes from before are back.");
    }
    this.#plan(this.#draft);
    this.#show();
    this.#fetchPeaks();
  }

  /** The sound is drawn once its summary is there; that of a long piece takes the server a while. */
  async #fetchPeaks() {
    const { job } = this;
    const peaks = await loadPeaks(job);
    if (job !== this.#job) return;
    this.#peaks = peaks;
    this.#show();
  }

  #actions() {
    const change = (make) => this.#change(make);
    return {
      play: () => this.#player.toggle(),
      step: (direction, isFrame) =>
        this.#player.seek(this.#player.time + direction * (isFrame ? 1 / (this.#cues.video.fps || 24) : 1)),
      seek: (seconds) => this.#player.seek(seconds),
      toggleOther: () => this.#toggleOther(),
      addHit: (seconds = this.#player.time) => {
        const { fps } = this.#cues.video;
        change((draft) => edit.addHit(draft, Math.round(seconds * fps) / fps));
        announce(`A hit at ${exactTime(seconds)}`);
      },
      moveHit: (index, seconds) => this.#moveHit(index, seconds),
      editHit: (index, values) => change((draft) => edit.editHit(draft, index, values)),
      removeHit: (index) => {
        change((draft) => edit.removeHit(draft, index));
        announce("The hit is removed.");
      },
      setEmotion: (...values) => change((draft) => edit.setEmotion(draft, ...values)),
      setOption: (name, value) => change((draft) => edit.setOption(draft, name, value)),
      setPlayers: (...values) => change((draft) => edit.setPlayers(draft, ...values)),
      togglePart: (part) => change((draft) => edit.togglePart(draft, part)),
      toggleStretch: (from, to) => change((draft) => edit.toggleStretch(draft, from, to)),
      open: (id) => this.#go(id),
      compare: (id, take) => this.#compare(id, take),
      take: (number) => this.#setTake(number),
      cancel: (id) => cancel(id).catch(this.#fail),
      remove: (id) => this.#remove(id),
      recut: () => this.#askForCut(),
      setDaw: (on) => this.#setDaw(on),
      follow: (transport) => this.#daw.follow(transport),
      zoom: (factor) => this.#timeline.zoom(factor),
      undo: () => this.#step(this.#history.undo()),
      redo: () => this.#step(this.#history.redo()),
      help: () => byId("help").showModal(),
      refresh: () => this.#showPanel(),
      say: announce,
    };
  }

  #listen() {
    const act = this.#actions();
    const on = (id, listener) => byId(id).addEventListener("click", listener);
    on("play", act.play);
    on("to-start", () => act.seek(0));
    on("ab", act.toggleOther);
    on("undo", act.undo);
    on("redo", act.redo);
    on("zoom-in", () => act.zoom(1.5));
    on("zoom-out", () => act.zoom(1 / 1.5));
    on("zoom-all", () => act.zoom(0));
    on("help-button", act.help);
    on("discard", () => this.#change(() => this.#base));
    on("compose-again", () => this.#compose());
    on("compose-all", () => this.#compose(true));
    on("cancel-compose", () => this.#composer.job && act.cancel(this.#composer.job.id));
    byId("film-sound").addEventListener("change", (event) => {
      byId("film").muted = !event.target.checked;
    });
    // A film that is dropped on a piece is its new cut.
    byId("piece").addEventListener("drop", (event) => {
      const [file] = event.dataTransfer.files;
      if (file) this.#askForCut(file);
    });
    this.#player.addEventListener("change", () => this.#showTransport());
    this.#player.addEventListener("fault", (event) => notice("fault", event.detail));
    const timeline = (name, listener) =>
      this.#timeline.addEventListener(name, (event) => listener(event.detail));
    timeline("seek", ({ seconds }) => act.seek(seconds));
    timeline("move", ({ index, seconds }) => act.moveHit(index, seconds));
    timeline("remove", ({ index }) => act.removeHit(index));
    timeline("add", ({ seconds }) => act.addHit(seconds));
    timeline("drag", ({ index, seconds }) => {
      // The frame under the hit is shown, and the plan follows the hand.
      if (!this.#player.playing) act.seek(seconds);
      this.#plan(edit.moveHit(this.#draft, index, seconds));
    });
  }

  // Changes ------------------------------------------------------------------------------------

  #change(make) {
    const draft = make(this.#draft);
    if (draft === this.#draft) return;
    this.#draft = draft;
    this.#history.push({ job: this.#job.id, draft });
    this.#keep();
    this.#plan(draft);
    this.#show();
  }

  #moveHit(index, seconds) {
    const last = this.#notes.duration - 1 / (this.#cues.video.fps || 24);
    const at = Math.min(Math.max(0, seconds), last);
    const others = this.#draft.hits.filter((_, place) => place !== index);
    if (others.some((hit) => Math.abs(hit.seconds - at) < 0.002)) {
      announce("There is a hit at this moment already.");
      this.#show();
      return;
    }
    this.#change((draft) => edit.moveHit(draft, index, at));
    this.#timeline.selected = this.#draft.hits.findIndex((hit) => hit.seconds === at);
  }

  #keep() {
    if (this.#draft === this.#base) forgetDraft(this.#job.id);
    else keepDraft(this.#job.id, this.#draft);
    this.#announceChange(this.#job.id);
  }

  async #step(step) {
    if (!step) return;
    if (step.job !== this.#job.id) {
      history.replaceState(null, "", `#${step.job}`);
      const isCut = this.#versions.find((job) => job.id === step.job)?.request.video !== this.#job.request.video;
      const other = isCut ? null : { job: this.#job.id, take: 1 };
      await this.open(step.job, { draft: step.draft, other, isStep: true }).catch(this.#fail);
      announce("The version before is open.");
      return;
    }
    this.#draft = step.draft;
    this.#keep();
    this.#plan(step.draft);
    this.#show();
  }

  /** Ask for the plan of a draft, and show it. Only the latest request counts. */
  #plan(draft) {
    this.#planning?.abort();
    if (!edit.changesPlan(draft, this.#base) || !edit.hasPlan(this.#cues, this.#request)) {
      [this.#planned, this.#planError] = [null, null];
      return;
    }
    const planning = new AbortController();
    this.#planning = planning;
    const ask = async () => {
      await new Promise((resolve) => setTimeout(resolve, PLAN_WAIT));
      if (planning.signal.aborted) return;
      try {
        this.#planned = await this.#planFor(draft, planning.signal);
        this.#planError = null;
      } catch (error) {
        if (error.name === "AbortError") return;
        if (!error.status || error.status === 401) this.#fail(error);
        this.#planError = error.message;
      }
      this.#show();
    };
    ask();
  }

  /** The plan of a draft: where hits alone have changed, of the bars around them. */
  async #planFor(draft, signal) {
    if (edit.changesHitsAlone(draft, this.#base)) {
      const { seed } = draft.options;
      const values = { cues: edit.cuesOf(draft, this.#cues), ...(seed === null ? {} : { seed }) };
      try {
        return await post(`/jobs/${this.#job.id}/plan`, values, signal);
      } catch (error) {
        // Nothing can be kept around so many hits: the whole piece is planned.
        if (error.status !== 400) throw error;
      }
    }
    return this.#planWhole(draft, signal);
  }

  #planWhole(draft, signal) {
    return post("/plan", edit.planRequest(draft, this.#cues, this.#request), signal);
  }

  // Versions -----------------------------------------------------------------------------------

  /** Compose a new version. whole: even if the bars around moved hits would do. */
  async #compose(whole = false) {
    try {
      const planned = whole && this.#planned?.kept ? await this.#planWhole(this.#draft) : this.#planned;
      const requests = requestsFor({ draft: this.#draft, base: this.#base, cues: this.#cues,
        request: this.#request, job: this.#job, phrases: this.#notes.phrases, planned });
      dismiss("compose");
      await this.#composer.start(this.#job.id, requests);
      announce("Composing a new version.");
    } catch (error) {
      if (error.status) notice("compose", error.message);
      else this.#fail(error);
    }
    this.#showPlanBar();
  }

  #askForCut(file = null) {
    if (!edit.hasPlan(this.#cues, this.#request)) notice("compose", NO_BARS);
    else if (this.#composer.job) notice("compose", "A version is being composed. Wait for it, or cancel it.");
    else this.#recut.open(edit.changesOf(this.#draft, this.#base).length > 0, file);
  }

  async #recutFilm(values) {
    dismiss("compose");
    try {
      const { takes } = this.#draft.options;
      await this.#composer.start(this.#job.id, [["recut", { ...values, takes }]]);
      announce("Composing for the new cut.");
    } catch (error) {
      if (error.status) notice("compose", error.message);
      else this.#fail(error);
    }
    this.#showPlanBar();
  }

  /** Remove a job that came to nothing from the versions. */
  async #remove(id) {
    try {
      await forget(id);
      this.#versions = this.#versions.filter((job) => job.id !== id);
      announce("It is removed.");
    } catch (error) {
      this.#fail(error);
    }
    this.#showPanel();
  }

  /** Score a film of which nothing could be kept as a piece of its own. */
  async #scoreAlone({ request }) {
    try {
      this.#go((await post("/jobs", { video: request.video })).id);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #composed(job) {
    await this.#opening;
    if (this.#opened !== job.id) await this.#open(job, "The new version is there.");
    else await this.#sounds(job);
  }

  /** Play a version that is open by its sound, or show what else of it is made by now. */
  async #sounds({ id }) {
    await this.#opening;
    // The user may have gone back to the version before.
    if (this.#opened !== id || this.#job.id !== id) return;
    const wasSilent = !soundOf(this.#job);
    try {
      const job = await get(`/jobs/${id}`);
      if (this.#job.id !== id) return;
      this.#job = job;
      await this.#comparison.renew(job);
    } catch (error) {
      this.#fail(error);
    }
    this.#show();
    if (!wasSilent || !soundOf(this.#job)) return;
    announce("The sound is there.");
    this.#fetchPeaks();
  }

  /** job: may be shown already. Then the one before is shown again. */
  async #failed(message, job) {
    await this.#opening;
    const isCut = Boolean(job?.request.recut?.video);
    if (message) {
      notice("compose", errorText(message), ...(isCut ? [["Score it by itself", () => this.#scoreAlone(job)]] : []));
    }
    if (job && this.#job?.id === job.id && job.parent) this.#go(job.parent);
    this.#showPlanBar();
  }

  /** Open a new version beside the one before, whose locks it takes over unless the film is another. */
  #open(job, news) {
    announce(news);
    if (!this.isShown) return Promise.resolve();
    const before = this.#job;
    const isCut = job.kind === "recut";
    const locks = isCut ? edit.draftOf(this.#cues, this.#request).locks : this.#draft.locks;
    this.#opened = job.id;
    history.replaceState(null, "", `#${job.id}`);
    const open = async () => {
      try {
        // At one moment two cuts of a film show different pictures.
        await this.open(job.id, { other: isCut ? null : { job: before.id, take: this.#comparison.take } });
        if (isCut) this.#tabs.choose("Versions");
        if (edit.hasLocks({ locks })) {
          this.#draft = { ...this.#draft, locks };
          this.#show();
        }
      } catch (error) {
        this.#fail(error);
      }
    };
    this.#opening = open();
    return this.#opening;
  }

  #go(id) {
    location.hash = `#${id}`;
  }

  async #compare(id, take) {
    await this.#comparison.toggle(id, take).catch(this.#fail);
    this.#show();
  }

  async #setTake(number) {
    try {
      this.#notes = await this.#comparison.setTake(number);
    } catch (error) {
      this.#fail(error);
    }
    this.#show();
  }

  #toggleOther() {
    announce(this.#comparison.switch());
    this.#showTransport();
  }

  #otherTab(job) {
    if (!this.isShown || job !== this.#job.id) return;
    notice("tab", "Another tab is changing this piece too. Both keep their changes, and each composes "
      + "a version of its own.");
  }

  #setDaw(on) {
    this.#inDaw = on;
    this.#player.setDaw(on ? this.#daw : null);
    this.#showPanel();
  }

  // Display ------------------------------------------------------------------------------------

  #show() {
    const shown = this.#planned ?? this.#notes;
    const fresh = this.#planned || !this.#kept ? [] : newStretches(this.#kept.parts, this.#notes.duration);
    this.#timeline.setContent({
      piece: this.#notes, shown, isPlan: this.#planned !== null, kept: this.#planned?.kept ?? [], cuts: this.#cues.cuts,
      sections: this.#draft.sections, peaks: this.#comparison.take === 1 ? this.#peaks : null,
      hits: this.#draft.hits, meets: this.#meets(),
      fresh,
    });
    this.#showPanel();
    this.#showPlanBar();
    this.#showTransport();
    byId("undo").disabled = !this.#history.canUndo;
    byId("redo").disabled = !this.#history.canRedo;
    const facts = [`${shown.bars.length} bars`, shown.tempo && `${Math.round(shown.tempo)} bpm`,
      shown.phrases[0]?.key, fresh.length > 0 && "new bars are shaded", this.#comparison.isSketched && this.#whySketched()];
    byId("legend").textContent = facts.filter(Boolean).join(", ");
  }

  #whySketched() {
    const isMade = this.#job.state === "rendering";
    return isMade ? "simple tones until the sound is made" : "simple tones: no sound file";
  }

  #meets() {
    return (this.#planned ?? this.#notes).hits.map((hit) => hit.meets);
  }

  #showPanel() {
    if (!this.#job) return;
    const name = this.#tabs.present();
    const takes = ["score.mid", ...(this.#job.files ?? []).filter((file) => file.startsWith("takes/"))];
    const state = {
      job: this.#job, request: this.#request, draft: this.#draft, meets: this.#meets(),
      shown: this.#planned ?? this.#notes, words: this.#words, canLock: this.#notes.phrases.length > 0,
      isPlanned: edit.hasPlan(this.#cues, this.#request), versions: this.#versions, take: this.#comparison.take, takes: takes.map((_, index) => index + 1),
      kept: this.#kept, duration: this.#notes.duration, other: this.#comparison.other, playback: this.#daw.state, inDaw: this.#inDaw,
    };
    if (name === "Emotion" && this.#player.playing) chooseSection(this.#draft.sections, this.#player.time);
    PANELS[name](byId("panel"), state, this.#actions());
  }

  #showPlanBar() {
    if (!this.#job) return;
    showPlanBar({ piece: this.#job, draft: this.#draft, base: this.#base, job: this.#composer.job,
      planned: this.#planned, error: this.#planError,
      isPlanned: edit.hasPlan(this.#cues, this.#request) });
  }

  #showTransport() {
    showTransport(this.#player, this.#comparison.other);
  }
}
