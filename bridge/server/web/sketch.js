// Plays notes with simple tones, for pieces and takes that have no sound file.

const SHAPES = {
  bass: { wave: "triangle", attack: 0.01, release: 0.1, level: 0.3 },
  guitar: { wave: "sawtooth", attack: 0.005, release: 0.15, level: 0.08 },
  piano: { wave: "triangle", attack: 0.005, release: 0.25, level: 0.2 },
  strings: { wave: "sawtooth", attack: 0.12, release: 0.3, level: 0.06 },
};
const AHEAD = 0.4;
const EVERY = 100;

/** Plays the notes of a piece. Its clock is that of the sound card. */
export class Sketch {
  #context = null;
  #output = null;
  #noise = null;
  #notes = [];
  #next = 0;
  #begun = 0;
  #timer = 0;
  #from = 0;

  /** parts: notes by part, each `[onset, end, pitch, velocity]`. */
  load(parts) {
    this.#notes = Object.entries(parts)
      .flatMap(([part, notes]) => notes.map((note) => [part, ...note]))
      .toSorted((one, other) => one[1] - other[1]);
  }

  /** Seconds of the piece; null while it does not play. */
  get time() {
    if (!this.#output) return null;
    return this.#from + Math.max(0, this.#context.currentTime - this.#begun);
  }

  /** Play from a time on. */
  async play(seconds) {
    this.stop();
    this.#context ??= new AudioContext();
    await this.#context.resume();
    const output = new GainNode(this.#context, { gain: 0.8 });
    output.connect(this.#context.destination);
    [this.#output, this.#from, this.#begun] = [output, seconds, this.#context.currentTime + 0.05];
    this.#next = this.#notes.findIndex((note) => note[1] >= seconds);
    if (this.#next < 0) this.#next = this.#notes.length;
    this.#schedule();
    this.#timer = setInterval(() => this.#schedule(), EVERY);
  }

  /** End every tone. */
  stop() {
    clearInterval(this.#timer);
    this.#output?.disconnect();
    this.#output = null;
  }

  #schedule() {
    const until = this.time + AHEAD;
    while (this.#next < this.#notes.length && this.#notes[this.#next][1] < until) {
      const [part, onset, end, pitch, velocity] = this.#notes[this.#next++];
      const at = this.#begun + onset - this.#from;
      if (part === "drums") this.#hit(at, pitch, velocity);
      else this.#tone(SHAPES[part] ?? SHAPES.piano, at, end - onset, pitch, velocity);
    }
  }

  #tone(shape, at, length, pitch, velocity) {
    const context = this.#context;
    const tone = new OscillatorNode(context, {
      type: shape.wave,
      frequency: 440 * 2 ** ((pitch - 69) / 12),
    });
    const level = new GainNode(context, { gain: 0 });
    const end = at + Math.max(length, shape.attack + 0.02);
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime((shape.level * velocity) / 127, at + shape.attack);
    level.gain.setTargetAtTime(0, end, shape.release / 3);
    tone.connect(level).connect(this.#output);
    tone.start(at);
    tone.stop(end + 2 * shape.release);
  }

  #hit(at, pitch, velocity) {
    const context = this.#context;
    if (!this.#noise) {
      this.#noise = new AudioBuffer({ length: 8000, sampleRate: context.sampleRate });
      const samples = this.#noise.getChannelData(0);
      for (let index = 0; index < samples.length; index++) {
        samples[index] = (2 * Math.random() - 1) * Math.exp(-index / 1200);
      }
    }
    const isLow = pitch < 38;
    const source = new AudioBufferSourceNode(context, {
      buffer: this.#noise,
      playbackRate: isLow ? 0.4 : 1,
    });
    const filter = new BiquadFilterNode(context, {
      type: isLow ? "lowpass" : "highpass",
      frequency: isLow ? 160 : 3000,
    });
    const level = new GainNode(context, { gain: ((isLow ? 0.9 : 0.12) * velocity) / 127 });
    source.connect(filter).connect(level).connect(this.#output);
    source.start(at);
  }
}
