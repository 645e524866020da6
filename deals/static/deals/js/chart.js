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

// From the colour of the page to that of the direction, as the steps of the drawn chart.
function scale(hue) {
  return [[0, colour("--panel")], [1, hue]];
}

function dressedTrace(trace) {
  const hue = colour(HUES[trace.meta?.hue] ?? "--link");
  // A flow diagram brings its own colours as classes of nodes; see dressedFlow.
  if (trace.type === "sankey") return dressedFlow(trace, hue);
  if (trace.type === "heatmap") return { ...trace, colorscale: scale(hue) };
  return {
    ...trace,
    marker: { ...trace.marker, color: hue, pattern: { ...trace.marker?.pattern, fillmode: "overlay", fgcolor: colour("--page") } },
    line: { color: hue, width: 2.5 },
  };
}

function dressedFlow(trace, hue) {
  const soft = hue.replace("rgb(", "rgba(").replace(")", ", 0.35)");
  return { ...trace, node: { ...trace.node, color: hue }, link: { ...trace.link, color: soft } };
}

function dressed(figure) {
  const axis = { gridcolor: colour("--rule"), linecolor: colour("--edge"), zeroline: false };
  const layout = structuredClone(figure.layout);
  for (const name of Object.keys(layout)) {
    if (/^[xy]axis\d*$/.test(name)) layout[name] = { ...axis, ...layout[name] };
  }
  for (const shape of layout.shapes ?? []) shape.line.color = colour("--edge");
  return {
    data: figure.data.map(dressedTrace),
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

// Every mark leads to its deals, as in the drawn chart; only to addresses of this site.
function follow(event) {
  const address = event.points?.[0]?.customdata;
  if (typeof address === "string" && /^\/(?!\/)/.test(address)) location.assign(address);
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

// One file has the figures of all panels of a chart; most readers never ask for it.
async function figures(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

async function open(button) {
  const place = button.closest("figure").querySelector("[data-plot]");
  const chart = button.closest("[data-figures]").dataset;
  button.disabled = true;
  button.textContent = chart.loading;
  try {
    await load(chart.plotly, chart.sheet);
    const figure = (await figures(chart.figures))[place.dataset.plot];
    const target = document.createElement("div");
    target.className = "plot";
    // A list is as long as it is; anything else has the height of its style.
    if (figure.layout.height) target.style.height = `${figure.layout.height}px`;
    place.append(target);
    await draw(target, figure);
    target.on("plotly_click", follow);
    drawn.set(target, figure);
    // The drawn one stays in the page for paper.
    for (const svg of place.querySelectorAll(":scope > svg")) svg.classList.add("print-only");
    button.remove();
  } catch {
    button.disabled = false;
    button.textContent = chart.failed;
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
