// Draws every <figure> that carries plotly's {"data", "layout"}: by data-figure-id (the id of a json_script, on
// full pages) or data-figure (the JSON itself, in swapped fragments: htmx takes every script out of those).
// Colours and type come from app.css, so a figure says what it shows, never how it looks.
(function () {
  "use strict";
  // No button that sends data anywhere, no logo, one button: the picture as a file.
  var CONFIG = {
    showSendToCloud: false, plotlyServerURL: "", displaylogo: false, responsive: true,
    modeBarButtons: [["toImage"]], scrollZoom: false
  };
  // Okabe and Ito's colours, told apart by people who see colours differently.
  var COLOURS = {
    light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#171a21"],
    dark: ["#56b4e9", "#e69f00", "#3fc79b", "#e3a5c7", "#f0e442", "#5aa0e0", "#e8eaee"]
  };

  function tokens(theme) {
    var probe = document.createElement("span");
    probe.setAttribute("data-bs-theme", theme);
    document.body.append(probe);
    var style = getComputedStyle(probe);
    var read = {};
    ["paper", "ink", "ink-2", "ink-3", "line", "line-2"].forEach(function (name) {
      read[name] = style.getPropertyValue("--" + name).trim();
    });
    probe.remove();
    return read;
  }
  function template(theme) {
    var ink = tokens(theme);
    var axis = { gridcolor: ink.line, linecolor: ink["line-2"], zerolinecolor: ink["line-2"], tickcolor: ink["line-2"], automargin: true };
    return { layout: {
      colorway: COLOURS[theme], paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: ink["ink-2"] },
      margin: { l: 8, r: 8, t: 28, b: 8, pad: 4 }, xaxis: axis, yaxis: axis,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
      hoverlabel: { bgcolor: ink.paper, bordercolor: ink["line-2"], font: { color: ink.ink } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: ink["ink-3"], activecolor: ink.ink }
    } };
  }
  function written(figure) {
    var id = figure.getAttribute("data-figure-id");
    return JSON.parse(id ? document.getElementById(id).textContent : figure.getAttribute("data-figure"));
  }
  function draw(figure, theme) {
    var wanted = written(figure);
    var layout = Object.assign({}, wanted.layout, { template: template(theme), autosize: true });
    var place = figure.querySelector(".plot");
    return Plotly.react(place, wanted.data, layout, CONFIG).then(function () {
      figure.setAttribute("data-drawn", theme);
    });
  }
  function drawAll(within, theme) {
    var wanted = theme || document.documentElement.getAttribute("data-bs-theme") || "light";
    return Promise.all(Array.from(within.querySelectorAll("figure[data-figure-id], figure[data-figure]"), function (figure) {
      return draw(figure, wanted);
    }));
  }

  drawAll(document);
  document.addEventListener("planner:theme", function () { drawAll(document); });
  document.addEventListener("htmx:afterSettle", function (event) {
    var part = event.detail.elt || event.target;
    drawAll(part.parentElement || part);
  });
  document.addEventListener("htmx:beforeCleanupElement", function (event) {
    if (event.target.matches && event.target.matches(".plot")) Plotly.purge(event.target);
  });
  window.addEventListener("beforeprint", function () { drawAll(document, "light"); });
  window.addEventListener("afterprint", function () { drawAll(document); });
})();
