// Draws the piece: bars, chords, cuts, a piano roll of each part, the emotion, and the sound.

import { PARTS } from "./draft.js";
import { shortTime } from "./format.js";

const TIME_STEPS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600];
const FONT = "system-ui, sans-serif";
const PALE = 0.35;
const LEAST_APART = 6;
const NUMBER_APART = 44;
/** No name of a chord or a hit is wider, in pixels. */
const WIDEST = 240;

/** Where each lane lies, in pixels from the top. narrow: for a small screen. */
export function layout(narrow, hasStrip) {
  const heights = { ...(hasStrip && { strip: 36 }), ruler: 18, chords: 20, hits: 24 };
  for (const part of PARTS) heights[part] = narrow ? 30 : 34;
  Object.assign(heights, { emotion: 46, sound: narrow ? 30 : 34 });
  const lanes = {};
  let top = 0;
  for (const [name, height] of Object.entries(heights)) {
    lanes[name] = { top, height };
    top += height + 4;
  }
  return { lanes, height: top, narrow };
}

/** The colours of the page's style, by name. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["text", "quiet", "faint", "lane", "edge", "page", "accent", "selected", "valence", "arousal"];
  return Object.fromEntries(
    [...names, ...PARTS].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
}

/** The index of the first of some rising numbers that is not below a value. */
export function firstFrom(numbers, value, of = (one) => one) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(numbers[middle]) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The range of pitches of a part, which does not change. */
const ranges = new WeakMap();

/** The chords whose names have room, for the last scale that they were asked for. */
const named = new WeakMap();

/**
 * Draw all lanes of a stretch of time: what it shows does not depend on where the stretch begins, so
 * that stretches fit together.
 *
 * piece: what `/notes` gave. shown: bars, beats, chords and phrases, of the piece or of a new plan.
 * isPlan: the notes are not those of `shown`, but in stretches that are `kept`. fresh: stretches that
 * this version composed anew. cuts, hits, sections, peaks: of the film and the sound.
 */
export function draw(context, view, places, colour, content) {
  const { width } = view;
  for (const name of [...PARTS, "emotion", "sound"]) {
    const { top, height } = places.lanes[name];
    context.fillStyle = colour.lane;
    context.fillRect(0, top, width, height);
  }
  drawFresh(context, view, places, colour, content.fresh);
  drawCuts(context, view, places, colour, content.cuts);
  drawHitNames(context, view, places, colour, content.hits);
  drawBars(context, view, places, colour, content.shown);
  drawChords(context, view, places, colour, content.shown);
  const isKept = (seconds) => content.kept.some(([from, to]) => seconds >= from - 0.01 && seconds < to - 0.01);
  const strength = (seconds) => (!content.isPlan || isKept(seconds) ? 1 : PALE);
  for (const part of PARTS) {
    drawPart(context, view, places.lanes[part], colour[part], content.piece.parts[part] ?? [], strength);
  }
  context.globalAlpha = content.isPlan ? PALE : 1;
  drawPeaks(context, view, places.lanes.sound, colour, content.peaks);
  context.globalAlpha = 1;
  drawEmotion(context, view, places.lanes.emotion, colour, content.sections);
  drawTimes(context, view, places.height, colour);
}

/** What a version composed anew stands out behind its bars and chords. */
function drawFresh(context, view, places, colour, fresh) {
  const { ruler, chords } = places.lanes;
  context.fillStyle = colour.selected;
  for (const [from, to] of fresh) {
    const x = view.x(from);
    context.fillRect(x, ruler.top, view.x(to) - x, chords.top + chords.height - ruler.top);
  }
}

function drawCuts(context, view, places, colour, cuts) {
  const { top, height } = places.lanes.hits;
  context.fillStyle = colour.quiet;
  for (let place = firstFrom(cuts, view.from, (cut) => cut.time); place < cuts.length; place++) {
    if (cuts[place].time > view.until) break;
    const x = Math.round(view.x(cuts[place].time));
    context.fillRect(x, top, 1, height);
    context.globalAlpha = 0.25;
    context.fillRect(x, top + height, 1, places.height - top - height);
    context.globalAlpha = 1;
  }
}

/** Names of hits stand beside their signs, where there is room before the next one. */
function drawHitNames(context, view, places, colour, hits) {
  const { top, height } = places.lanes.hits;
  context.font = `11px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = colour.text;
  const first = firstFrom(hits, view.from - WIDEST / view.scale, (hit) => hit.seconds);
  for (let place = first; place < hits.length; place++) {
    const { seconds, label } = hits[place];
    if (seconds > view.until) break;
    if (!label) continue;
    const x = view.x(seconds) + 13;
    const end = hits[place + 1]?.seconds ?? view.duration;
    const room = Math.min(WIDEST, view.x(end) - 12 - x);
    if (context.measureText(label).width <= room) context.fillText(label, x, top + height / 2);
  }
}

function drawBars(context, view, places, colour, shown) {
  const { ruler, hits } = places.lanes;
  const [top, bottom] = [hits.top + hits.height, places.lanes.strings.top + places.lanes.strings.height];
  const apart = (seconds) => (view.duration * view.scale) / Math.max(1, seconds.length);
  const lines = (seconds, style) => {
    if (apart(seconds) < LEAST_APART) return;
    context.fillStyle = style;
    for (let place = firstFrom(seconds, view.from); place < seconds.length; place++) {
      if (seconds[place] > view.until) break;
      context.fillRect(Math.round(view.x(seconds[place])), top, 1, bottom - top);
    }
  };
  lines(shown.beats, colour.faint);
  lines(shown.bars, colour.edge);
  context.font = `11px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = colour.quiet;
  // As many bars have numbers as there is room for: all, every second, every fourth ...
  let every = 1;
  while (every * apart(shown.bars) < NUMBER_APART) every *= 2;
  const middle = ruler.top + ruler.height / 2;
  const first = firstFrom(shown.bars, view.from - NUMBER_APART / view.scale);
  for (let bar = Math.ceil(first / every) * every; bar < shown.bars.length; bar += every) {
    const x = view.x(shown.bars[bar]);
    if (x > view.width) break;
    context.fillRect(Math.round(x), ruler.top + 4, 1, ruler.height - 4);
    context.fillText(String(bar + 1), x + 4, middle);
  }
}

function drawChords(context, view, places, colour, shown) {
  const { top, height } = places.lanes.chords;
  context.font = `600 12px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = colour.text;
  const chords = chordsWithRoom(context, shown, view.scale);
  for (let place = firstFrom(chords, view.from - WIDEST / view.scale, ([seconds]) => seconds);
    place < chords.length; place++) {
    const [seconds, name] = chords[place];
    if (seconds > view.until) break;
    context.fillText(name, view.x(seconds) + 4, top + height / 2);
  }
}

/**
 * The chords whose names do not run into one another, with this many pixels a second. Of two without
 * room the one on a bar line is named, else the first.
 */
export function chordsWithRoom(context, { chords, bars }, scale) {
  const before = named.get(chords);
  if (before?.scale === scale) return before.found;
  const widths = new Map();
  const widthOf = (name) => {
    if (!widths.has(name)) widths.set(name, context.measureText(name).width + 8);
    return widths.get(name);
  };
  const onBar = (seconds) => Math.abs((bars[firstFrom(bars, seconds - 0.01)] ?? Infinity) - seconds) < 0.01;
  const found = [];
  let free = -Infinity;
  for (const [place, chord] of chords.entries()) {
    const [seconds, name] = chord;
    const x = seconds * scale;
    const next = chords[place + 1];
    if (x < free || (next && next[0] * scale < x + 8)) continue;
    if (next && next[0] * scale < x + widthOf(name) && onBar(next[0]) && !onBar(seconds)) continue;
    found.push(chord);
    free = x + widthOf(name);
  }
  named.set(chords, { scale, found });
  return found;
}

function rangeOf(notes) {
  let range = ranges.get(notes);
  if (!range) {
    range = notes.reduce(([low, high], note) => [Math.min(low, note[2]), Math.max(high, note[2])], [127, 0]);
    ranges.set(notes, range);
  }
  return range;
}

function drawPart(context, view, lane, style, notes, strength) {
  if (!notes.length) return;
  const [low, high] = rangeOf(notes);
  const step = (lane.height - 6) / Math.max(12, high - low + 1);
  const centre = (low + high) / 2;
  context.fillStyle = style;
  // Notes begin in order. None that began a minute ago still sounds in practice.
  for (let place = firstFrom(notes, view.from - 60, (note) => note[0]); place < notes.length; place++) {
    const [onset, end, pitch, velocity] = notes[place];
    if (onset > view.until) break;
    if (end < view.from) continue;
    const x = view.x(onset);
    const y = lane.top + lane.height / 2 - (pitch - centre) * step;
    context.globalAlpha = strength(onset) * (0.4 + (0.6 * velocity) / 127);
    context.fillRect(x, y - step / 2, Math.max(1.5, view.x(end) - x - 0.5), Math.max(2, step - 0.5));
  }
  context.globalAlpha = 1;
}

function drawPeaks(context, view, lane, colour, peaks) {
  if (!peaks) return;
  const step = peaks.duration / peaks.low.length;
  const middle = lane.top + lane.height / 2;
  const half = lane.height / 2 - 2;
  context.fillStyle = colour.accent;
  const last = Math.min(peaks.low.length - 1, Math.ceil(view.until / step));
  let [column, low, high] = [-1, 0, 0];
  const flush = () => {
    if (column >= 0) context.fillRect(column, middle - high, Math.max(1, step * view.scale), high - low + 1);
  };
  for (let place = Math.max(0, Math.floor(view.from / step)); place <= last; place++) {
    const x = Math.floor(view.x(place * step));
    if (x !== column) {
      flush();
      [column, low, high] = [x, 0, 0];
    }
    low = Math.min(low, (peaks.low[place] / 100) * half);
    high = Math.max(high, (peaks.high[place] / 100) * half);
  }
  flush();
}

function drawEmotion(context, view, lane, colour, sections) {
  const y = (value) => lane.top + 4 + ((1 - value) / 2) * (lane.height - 8);
  context.fillStyle = colour.edge;
  context.fillRect(0, Math.round(y(0)), view.width, 1);
  for (const [field, dash] of [["valence", []], ["arousal", [5, 3]]]) {
    context.strokeStyle = colour[field];
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.beginPath();
    for (const section of sections) {
      if (section[field] === null || section.end < view.from || section.start > view.until) continue;
      context.moveTo(view.x(section.start) + 1, y(section[field]));
      context.lineTo(view.x(section.end) - 1, y(section[field]));
    }
    context.stroke();
  }
  context.setLineDash([]);
}

/** The step between two times of the axis, in seconds. */
function timeStep(view) {
  return TIME_STEPS.find((step) => step * view.scale >= 70) ?? 3600;
}

/** The times below the lanes. */
function drawTimes(context, view, top, colour) {
  const step = timeStep(view);
  context.font = `11px ${FONT}`;
  context.textBaseline = "top";
  context.fillStyle = colour.quiet;
  // A time that stands before the stretch may reach into it.
  for (let place = Math.max(0, Math.floor(view.from / step)); place * step <= view.until; place++) {
    const at = place * step;
    const label = step < 1 ? `${shortTime(at)}.${Math.round((at % 1) * 10)}` : shortTime(at);
    context.fillRect(Math.round(view.x(at)), top, 1, 4);
    context.fillText(label, view.x(at) + 3, top + 2);
  }
}
