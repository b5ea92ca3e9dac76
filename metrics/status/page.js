'use strict';

// Follows the samples: their numbers come as text, which goes where data-cell
// says; the charts and the pond are drawn from the samples themselves.
const history = 600;
const samples = [];

const byUnit = {
  rate: n => (n > 0 && n < 9.95 ? n.toFixed(1) : Math.round(n).toLocaleString('en')) + '/s',
  count: n => n.toLocaleString('en'),
  time: n => n >= 1 ? +n.toPrecision(3) + ' s' : n >= 1e-3 ? +(n * 1e3).toPrecision(3) + ' ms' : +(n * 1e6).toPrecision(3) + ' µs',
};
const times = (title, key) => ({title, unit: 'time', one: ['p50', s => s[key]?.p50], two: ['p99', s => s[key]?.p99]});
const charts = {
  answers: {title: 'Answers', unit: 'rate', one: ['served', s => s.rates.served], two: ['shed', s => s.rates.shed]},
  work: {title: 'Requests', unit: 'count', one: ['on workers', s => s.pool?.running], two: ['waiting', s => s.pool?.waiting]},
  wait: times('Wait in the queue', 'wait'),
  service: times('Time on a worker', 'service'),
  response: times('Response time', 'response'),
};

// span is how many seconds the charts show: as much as there is, but a minute.
const span = () => Math.max(60, samples.at(-1).seq - samples[0].seq);
const place = sample => 600 * (1 - (samples.at(-1).seq - sample.seq) / span());

// scale returns how high a value is drawn, from 0 to 1. That of times is
// logarithmic, in whole powers of ten, so that one slow request hides nothing.
function scale(unit, values) {
  const top = Math.max(...values, 0);
  if (unit !== 'time' || !top) return {height: v => v / (top || 1), lines: [], text: top ? 'up to ' + byUnit[unit](top) : ''};
  const exponent = v => Math.log10(Math.max(v, 1e-6));
  const low = Math.floor(exponent(Math.min(...values))), high = Math.max(low + 1, Math.ceil(exponent(top) - 1e-9));
  const lines = [];
  for (let e = low; e <= high; e++) lines.push((e - low) / (high - low));
  return {height: v => (exponent(v) - low) / (high - low), lines, text: `${byUnit.time(10 ** low)} to ${byUnit.time(10 ** high)}, logarithmic`};
}

const y = height => (99 - 97 * height).toFixed(1);

// line joins the samples that have a value.
function line(read, height) {
  let path = '', on = false;
  for (const s of samples) {
    const value = read(s);
    if (value == null) { on = false; continue; }
    path += `${on ? 'L' : 'M'}${place(s).toFixed(1)} ${y(height(value))}`;
    if (!on) path += 'h.5';
    on = true;
  }
  return path;
}

// bands mark the time of overload.
function bands(group) {
  group.replaceChildren();
  let rect = null;
  for (const s of samples) {
    if (s.state !== 'overloaded') { rect = null; continue; }
    if (!rect) {
      rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      for (const [name, value] of [['x', place(s) - 600 / span()], ['y', 0], ['height', 100], ['width', 0]]) rect.setAttribute(name, value);
      group.append(rect);
    }
    rect.setAttribute('width', place(s) - rect.getAttribute('x'));
  }
}

// held is the number of the sample that all charts tell of; 0 is the newest.
let held = 0;

function draw(figure) {
  const chart = charts[figure.dataset.chart];
  const values = samples.flatMap(s => [chart.one[1](s), chart.two[1](s)]).filter(v => v != null);
  const {height, lines, text} = scale(chart.unit, values);
  for (const name of ['one', 'two']) figure.querySelector(`path.${name}`).setAttribute('d', line(chart[name][1], height));
  figure.querySelector('path.grid').setAttribute('d', lines.map(h => `M0 ${y(h)}H600`).join(''));
  bands(figure.querySelector('.bands'));
  figure.querySelector('.top').textContent = text;
  figure.querySelector('.from').textContent = span() < 100 ? `${span()} s ago` : `${Math.round(span() / 60)} min ago`;
}

// caption tells the values of a sample, and when it was taken if that is past.
function caption(figure, past) {
  const chart = charts[figure.dataset.chart], box = figure.querySelector('figcaption'), s = past ?? samples.at(-1);
  const title = document.createElement('b');
  title.textContent = chart.title + (past ? ` at ${new Date(s.time).toISOString().slice(11, 19)} UTC` : '');
  box.replaceChildren(title, ...['one', 'two'].map(name => {
    const span = document.createElement('span'), value = chart[name][1](s);
    span.className = name;
    span.textContent = `${chart[name][0]} ${value == null ? '–' : byUnit[chart.unit](value)}`;
    return span;
  }));
  const slider = figure.querySelector('svg'), values = {valuemin: samples[0].seq, valuemax: samples.at(-1).seq, valuenow: s.seq, valuetext: box.textContent};
  for (const [name, value] of Object.entries(values)) slider.setAttribute('aria-' + name, value);
  const mark = figure.querySelector('.at');
  mark.toggleAttribute('hidden', !past);
  if (past) for (const x of ['x1', 'x2']) mark.setAttribute(x, place(s));
}

// pond draws the water as high as the queue is full, and to the brim if some is
// shed, and each stream as broad as its share.
function pond(s) {
  if (!s.pool) return;
  const {served, shed} = s.rates, all = served + shed;
  const full = shed ? 1 : .2 + .7 * s.pool.waiting / (s.pool.waiting + s.pool.workers);
  document.getElementById('water').style.transform = `translateY(${130 - 96 * full}px)`;
  for (const [id, rate] of [['inflow', all], ['outflow', served], ['spill', shed]])
    document.getElementById(id).style.strokeWidth = rate ? 3 + 11 * rate / all : 0;
  const wheel = document.getElementById('wheel');
  wheel.classList.toggle('turns', s.pool.running > 0 || served > 0);
  wheel.style.animationDuration = 20 / (1 + 9 * Math.min(1, s.pool.utilisation)) + 's';
}

// list fills the tables that have a row for each thing of a kind.
function list(rows) {
  for (const [id, all] of Object.entries(rows)) {
    const table = document.getElementById(id);
    if (!table) continue;
    table.hidden = !all.length;
    table.tBodies[0].replaceChildren(...all.map(texts => {
      const row = document.createElement('tr');
      for (const text of texts) row.insertCell().textContent = text;
      return row;
    }));
  }
}

const figures = [...document.querySelectorAll('figure')];

function point() {
  const past = samples.find(s => s.seq === held);
  for (const figure of figures) caption(figure, past);
}

function redraw() {
  figures.forEach(draw);
  point();
  pond(samples.at(-1));
}

function add(s) {
  if (samples.length && s.seq <= samples.at(-1).seq) return;
  samples.push(s);
  if (samples.length > history) samples.shift();
}

function show({sample, texts, rows}) {
  add(sample);
  for (const cell of document.querySelectorAll('[data-cell]')) {
    const text = texts[cell.dataset.cell];
    if (cell.textContent !== text) cell.textContent = text; // what stays is not said again
  }
  document.body.dataset.seq = sample.seq;
  document.body.dataset.state = sample.state;
  document.title = `${sample.state} · millpond`;
  list(rows);
}

// tell says whether what is shown is of now.
function tell(live) {
  document.getElementById('link').textContent = live ? 'live' : 'no connection';
  document.body.classList.toggle('lost', !live);
}

function follow(after) {
  let heard = Date.now();
  const source = new EventSource('status/events?after=' + after);
  source.onmessage = event => {
    heard = Date.now();
    show(JSON.parse(event.data));
    redraw();
    tell(true);
  };
  const watch = setInterval(() => {
    if (Date.now() - heard < 5000) return;
    tell(false);
    clearInterval(watch);
    source.close();
    start(); // the server may be another, which counts anew
  }, 1000);
}

async function start() {
  try {
    const report = await (await fetch('status.json')).json();
    samples.length = 0; // the server may be another
    report.samples.forEach(add);
    redraw();
    follow(samples.at(-1).seq - 1);
  } catch {
    tell(false);
    setTimeout(start, 2000);
  }
}

const hold = seq => { held = seq; point(); };

for (const svg of document.querySelectorAll('figure svg')) {
  svg.onpointermove = event => {
    const box = svg.getBoundingClientRect();
    const x = 600 * (event.clientX - box.left) / box.width;
    if (samples.length) hold(samples.reduce((best, s) => Math.abs(place(s) - x) < Math.abs(place(best) - x) ? s : best).seq);
  };
  svg.onkeydown = event => {
    if (event.key === 'Escape') hold(0);
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key] ?? 0;
    if (!step || !samples.length) return;
    event.preventDefault();
    const last = samples.at(-1).seq;
    hold(Math.min(last, Math.max(samples[0].seq, (held || last) + step * (event.shiftKey ? 10 : 1))));
  };
  svg.onpointerleave = svg.onblur = () => hold(0);
}
start();
