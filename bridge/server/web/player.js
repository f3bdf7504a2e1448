// Plays film and music together. The music leads: the picture is held to it.
//
// Two voices, A and B, hold two versions or takes of the music; one of them sounds. A voice is a
// sound file, or simple tones where there is none. While a DAW plays, its position leads instead.

import { Sketch } from "./sketch.js";

const JUMP = 0.25;
const EXACT = 0.003;
const FASTEST = 0.2;
const MEASURED = 120;
const INTO_FRAME = 0.002;
const FIRST_STEP = 0.025;

class Voice {
  #from = NaN;

  constructor(audio) {
    this.audio = audio;
    this.sketch = new Sketch();
    this.url = null;
  }

  load(url, parts) {
    this.pause();
    this.url = url;
    if (url) {
      this.audio.src = url;
    } else {
      this.audio.removeAttribute("src");
      this.audio.load();
    }
    this.sketch.load(parts);
  }

  /**
   * Seconds of the piece; null while it does not play. After the command a browser first names a
   * time that it only reaches a while later, so a time counts once it has moved beyond that.
   */
  get time() {
    if (!this.url) return this.sketch.time;
    if (this.audio.paused || this.audio.ended || this.audio.seeking) return null;
    const time = this.audio.currentTime;
    if (Math.abs(time - this.#from) > FIRST_STEP) this.#from = NaN;
    return Number.isNaN(this.#from) ? time : null;
  }

  async play(seconds) {
    if (!this.url) return this.sketch.play(seconds);
    if (Math.abs(this.audio.currentTime - seconds) > 0.001) this.audio.currentTime = seconds;
    this.#from = this.audio.currentTime;
    return this.audio.play();
  }

  pause() {
    this.audio.pause();
    this.sketch.stop();
  }

  seek(seconds) {
    if (this.url) {
      this.audio.currentTime = seconds;
      this.#from = this.audio.currentTime;
    } else if (this.sketch.time !== null) this.sketch.play(seconds);
  }
}

/** Sends `change` when it starts, stops or jumps, and `fault` with a sentence. */
export class Player extends EventTarget {
  duration = 0;
  playing = false;
  sounding = "a";
  #start = 0;
  #time = 0;
  #daw = null;
  #errors = [];

  constructor(film, audioA, audioB) {
    super();
    this.film = film;
    this.voices = { a: new Voice(audioA), b: new Voice(audioB) };
    for (const audio of [audioA, audioB]) {
      audio.addEventListener("error", () => {
        if (audio.getAttribute("src")) this.#fault("The sound of this version can't be played.");
      });
    }
    if ("requestVideoFrameCallback" in HTMLVideoElement.prototype) {
      const measure = (now, frame) => {
        this.#measure(frame);
        film.requestVideoFrameCallback(measure);
      };
      film.requestVideoFrameCallback(measure);
    }
    const turn = () => {
      this.#turn();
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  }

  /** Seconds of the piece. */
  get time() {
    return this.#time;
  }

  /** How far the picture is from the sound in seconds: `{worst, mean, frames}` of late. */
  get sync() {
    const errors = this.#errors;
    const worst = errors.reduce((most, error) => (Math.abs(error) > Math.abs(most) ? error : most), 0);
    const mean = errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length);
    return { worst, mean, frames: errors.length };
  }

  /** start: where the piece begins in the film, in seconds. */
  setPiece(duration, start) {
    [this.duration, this.#start] = [duration, start];
    this.#time = Math.min(this.#time, duration);
    this.#holdPicture(true);
  }

  /** Give a voice its music, and go on from the same moment. url: of a sound file, or null. */
  setVoice(name, url, parts) {
    // The same file plays on.
    if (url && url === this.voices[name].url) return;
    const wasPlaying = this.playing && this.sounding === name && !this.#daw;
    this.voices[name].load(url, parts);
    if (wasPlaying) this.#sound();
  }

  /** Let the other voice sound from this moment on. */
  setSounding(name) {
    if (name === this.sounding) return;
    const before = this.voices[this.sounding];
    this.#time = before.time ?? this.#time;
    this.sounding = name;
    if (this.playing && !this.#daw) {
      this.voices[name].play(this.#time).then(() => before.pause(), (error) => this.#refused(error));
    }
    this.#change();
  }

  /** Show a film, or with null none. */
  setFilm(url) {
    if (url) this.film.src = url;
    else this.film.removeAttribute("src");
    this.film.load();
    this.#errors = [];
  }

  play() {
    if (this.#daw) return this.#daw.play(this.#time);
    if (this.#time >= this.duration - 0.05) this.#time = 0;
    this.playing = true;
    this.#sound();
    this.#change();
    return undefined;
  }

  pause() {
    if (this.#daw) return this.#daw.pause();
    this.#time = this.voices[this.sounding].time ?? this.#time;
    this.#halt();
    return undefined;
  }

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  /** Go to a time of the piece. */
  seek(seconds) {
    this.#time = Math.min(Math.max(0, seconds), this.duration);
    if (this.#daw) this.#daw.seek(this.#time);
    else if (this.playing) this.voices[this.sounding].seek(this.#time);
    this.#holdPicture(true);
    this.#change();
  }

  /** Let the DAW play and lead; null: this page plays. daw: has play, pause, seek and time. */
  setDaw(daw) {
    if (this.playing) this.#halt();
    this.#daw = daw;
    this.#change();
  }

  #sound() {
    this.#errors = [];
    this.voices[this.sounding].play(this.#time).catch((error) => this.#refused(error));
  }

  #halt() {
    this.playing = false;
    for (const voice of Object.values(this.voices)) voice.pause();
    this.film.pause();
    this.#holdPicture(true);
    this.#change();
  }

  #refused(error) {
    // A play request that a pause overtook is no fault.
    if (error.name === "AbortError") return;
    this.#halt();
    this.#fault("The browser does not play this sound. Press play once more, or open it elsewhere.");
  }

  #fault(text) {
    this.dispatchEvent(new CustomEvent("fault", { detail: text }));
  }

  #change() {
    this.dispatchEvent(new Event("change"));
  }

  #turn() {
    if (this.#daw) {
      const { time, playing } = this.#daw;
      [this.#time, this.playing] = [Math.min(time, this.duration), playing];
    } else if (this.playing) {
      const voice = this.voices[this.sounding];
      const time = voice.time;
      const ended = voice.url ? voice.audio.ended : time !== null && time >= this.duration;
      if (ended) {
        this.#time = this.duration;
        this.#halt();
      } else if (time !== null) this.#time = time;
    }
    this.#holdPicture(false);
  }

  /** Hold the picture to the music: by its speed if it is near, else by a jump. */
  #holdPicture(exactly) {
    const { film } = this;
    if (!film.currentSrc || film.readyState < 1) return;
    const target = this.#start + this.#time;
    const late = target - film.currentTime;
    const moves = this.playing && (this.#daw || this.voices[this.sounding].time !== null);
    if (!moves) {
      if (!film.paused) film.pause();
      // A little into the frame, because times of frames are rounded.
      const still = Math.min(target + INTO_FRAME, film.duration || target);
      if ((exactly || Math.abs(still - film.currentTime) > 0.001) && !film.seeking) {
        film.currentTime = still;
      }
      return;
    }
    if (film.paused && !film.ended) film.play().catch(() => {});
    if (Math.abs(late) > JUMP && !film.seeking) {
      film.currentTime = target;
      film.playbackRate = 1;
    } else if (Math.abs(late) > EXACT) {
      film.playbackRate = 1 + Math.min(FASTEST, Math.max(-FASTEST, 4 * late));
    } else if (film.playbackRate !== 1) film.playbackRate = 1;
  }

  /** A frame is about to be shown: compare its time with that of the sound at that moment. */
  #measure(frame) {
    const time = this.#daw ? null : this.voices[this.sounding].time;
    if (!this.playing || time === null || this.film.seeking) return;
    const ahead = (frame.expectedDisplayTime - performance.now()) / 1000;
    this.#errors = [...this.#errors.slice(1 - MEASURED), frame.mediaTime - this.#start - time - ahead];
  }
}
