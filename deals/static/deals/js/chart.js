// Puts a Plotly chart in the place of the server-drawn one, when a reader asks for it and not before.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The values of light-dark() are resolved by the browser only in a real property.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// plotly.js writes style sheets into the page, which the content security policy refuses. It leaves
// its own out when it finds one of this id, and that of a map library, which no chart here uses,
// when anything has the other.
function preempt(sheet) {
  const link = document.createElement("link");
  link.id = "plotly.js-style-global";
  link.className = "no-inline-styles";
  link.rel = "stylesheet";
  link.href = sheet;
  const map = document.createElement("meta");
  map.id = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
  document.head.append(link, map);
}

function load(source, sheet) {
  if (window.Plotly) return Promise.resolve();
  preempt(sheet);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

const HUES = { "hue-eu-cn": "--eu-cn", "hue-cn-eu": "--cn-eu", "hue-neutral": "--link" };

function dressed(figure) {
  const axis = { gridcolor: colour("--rule"), linecolor: colour("--edge"), zeroline: false };
  const layout = structuredClone(figure.layout);
  for (const name of ["xaxis", "yaxis", "yaxis2"]) {
    if (layout[name]) layout[name] = { ...axis, ...layout[name] };
  }
  for (const shape of layout.shapes) shape.line.color = colour("--edge");
  const data = figure.data.map((trace) => {
    const hue = colour(HUES[trace.meta.hue]);
    return {
      ...trace,
      marker: { ...trace.marker, color: hue, pattern: { ...trace.marker?.pattern, fillmode: "overlay", fgcolor: colour("--page") } },
      line: { color: hue, width: 2.5 },
    };
  });
  return {
    data,
    layout: {
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: token("--font"), size: 14, color: colour("--ink") },
      margin: { l: 60, r: 10, t: 24, b: 40 },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("--muted"), activecolor: colour("--ink") },
      hoverlabel: { font: { family: token("--font") } },
    },
  };
}

const CONFIG = {
  responsive: true,
  displaylogo: false,
  displayModeBar: true,
  // Nothing that would send data to anybody.
  modeBarButtons: [["toImage"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
};
const drawn = new Map();

function draw(target, figure) {
  const { data, layout } = dressed(figure);
  return window.Plotly.react(target, data, layout, CONFIG);
}

async function open(button) {
  const place = button.closest("figure").querySelector("[data-plot]");
  button.disabled = true;
  button.textContent = "Loading…";
  try {
    await load(place.dataset.plotly, place.dataset.sheet);
    const figure = JSON.parse(document.getElementById(place.dataset.plot).textContent);
    const target = document.createElement("div");
    target.className = "plot";
    place.append(target);
    await draw(target, figure);
    drawn.set(target, figure);
    // The drawn one stays in the page for paper.
    for (const svg of place.querySelectorAll(":scope > svg")) svg.classList.add("print-only");
    button.remove();
  } catch {
    button.disabled = false;
    button.textContent = "Interactive chart (could not be loaded; try again)";
  }
}

function reveal() {
  for (const button of document.querySelectorAll("[data-interactive]")) button.hidden = false;
}

reveal();
document.addEventListener("htmx:afterSwap", reveal);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-interactive]");
  if (button) open(button);
});
document.addEventListener("themechange", () => {
  for (const [target, figure] of drawn) {
    if (target.isConnected) draw(target, figure);
    else drawn.delete(target);
  }
});
