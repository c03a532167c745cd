// Loaded in <head>, not deferred: the theme must stand before the first paint. Everything else waits for events.
(function () {
  "use strict";
  var root = document.documentElement;

  // Theme: the server renders data-bs-theme from the cookie "theme"; without one the system decides.
  if (!root.hasAttribute("data-bs-theme")) {
    var kept = document.cookie.match(/(?:^|; )theme=(light|dark)/);
    var system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.setAttribute("data-bs-theme", kept ? kept[1] : system);
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-theme-toggle]")) return;
    var next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    root.setAttribute("data-bs-theme", next);
    document.cookie = "theme=" + next + "; path=/; max-age=31536000; samesite=lax";
    document.dispatchEvent(new CustomEvent("planner:theme"));
  });

  // Words for screen readers, politely; and trouble for everybody, at the top of the page.
  function say(words) {
    var live = document.getElementById("live");
    if (live && words) live.textContent = words;
  }
  function trouble(words) {
    var place = document.getElementById("trouble");
    if (!place) return;
    var note = document.createElement("div");
    note.className = "note note-bad";
    var text = document.createElement("p");
    text.className = "small";
    text.textContent = words;
    note.append(text);
    place.replaceChildren(note);
    place.scrollIntoView({ block: "nearest" });
  }

  // After a refusal (422) or a full page with errors: focus on the summary, which links to the fields.
  function focusSummary(within) {
    var summary = within.querySelector("[data-error-summary]");
    if (summary) summary.focus();
    return Boolean(summary);
  }
  document.addEventListener("DOMContentLoaded", function () { focusSummary(document); });

  // A sign-in in another tab renews the protection token: take the newest one from its cookie.
  function csrfToken() {
    var found = document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/);
    return found ? found[1] : "";
  }
  document.addEventListener("submit", function (event) {
    var field = event.target.querySelector("input[name=csrfmiddlewaretoken]");
    if (field && csrfToken()) field.value = csrfToken();
  }, true);

  // htmx
  document.addEventListener("htmx:configRequest", function (event) {
    var token = csrfToken();
    if (!token) return;
    event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.parameters && event.detail.parameters.csrfmiddlewaretoken) {
      event.detail.parameters.csrfmiddlewaretoken = token;
    }
  });
  var REFUSED = {
    403: "You may not do this. Nothing was changed.",
    404: "This is gone, or no longer yours to see. Nothing was changed; reload the page.",
    409: "Somebody changed this meanwhile. Nothing was overwritten; reload the page to see the newest.",
    413: "That is too large to send. Nothing was changed.",
    429: "Too many requests in a short time. Wait a minute, then try again."
  };
  document.addEventListener("htmx:responseError", function (event) {
    var answer = event.detail.xhr;
    var reference = answer.getResponseHeader("X-Request-ID");
    var words = REFUSED[answer.status] || "That did not work. What you typed is still here; try again.";
    trouble(words + (reference ? " Reference " + reference + "." : ""));
  });
  document.addEventListener("htmx:sendError", function () {
    trouble("The server does not answer. What you typed is still here; try again when it is back.");
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var place = document.getElementById("trouble");
    if (event.detail.successful && place) place.replaceChildren();
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    var part = event.detail.elt || event.target;
    if (event.detail.xhr && event.detail.xhr.status === 422) focusSummary(part.parentElement || part);
    part.querySelectorAll("dialog[data-open-now]").forEach(function (dialog) {
      if (!dialog.open) dialog.showModal();
    });
    var speaker = part.matches("[data-say]") ? part : part.querySelector("[data-say]");
    if (speaker) say(speaker.getAttribute("data-say"));
  });

  // Dialogs: data-open-dialog="id" opens, data-close-dialog closes; Escape closes by itself. Print: data-print.
  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.getAttribute("data-open-dialog")).showModal();
    var closer = event.target.closest("[data-close-dialog]");
    if (closer) closer.closest("dialog").close();
    if (event.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.drop[open]").forEach(function (drop) {
      if (!drop.contains(event.target)) drop.open = false;
    });
  });

  // Leave guard: form[data-guard] asks before a page with unsent text is left.
  function guarded(form) { return form && form.matches("form[data-guard]"); }
  document.addEventListener("input", function (event) {
    if (guarded(event.target.form)) event.target.form.setAttribute("data-unsent", "");
  });
  document.addEventListener("submit", function (event) { event.target.removeAttribute("data-unsent"); });
  document.addEventListener("htmx:afterRequest", function (event) {
    var sent = event.detail.elt;  // the form itself: a part of it that asks for a preview saves nothing
    if (guarded(sent) && event.detail.successful && event.detail.requestConfig.verb !== "get") sent.removeAttribute("data-unsent");
  });
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-unsent]")) event.preventDefault();
  });

  // Bulk selection: rows carry [data-row], the header box [data-all], the bar [data-bulk].
  document.addEventListener("change", function (event) {
    var boxes = document.querySelectorAll("[data-row]");
    if (event.target.matches("[data-all]")) {
      boxes.forEach(function (box) { box.checked = event.target.checked; });
    } else if (!event.target.matches("[data-row]")) { return; }
    var chosen = document.querySelectorAll("[data-row]:checked").length;
    var bar = document.querySelector("[data-bulk]");
    bar.hidden = chosen === 0;
    bar.querySelector("[data-chosen]").textContent = chosen;
  });

  // "/" goes to the search field; Escape closes an open menu and gives the focus back.
  document.addEventListener("keydown", function (event) {
    var field = document.getElementById("q");
    if (event.key === "/" && field && !event.target.matches("input, textarea, select")) {
      event.preventDefault();
      field.focus();
    }
    var drop = event.key === "Escape" && document.querySelector("details.drop[open]");
    if (drop) {
      drop.open = false;
      drop.querySelector("summary").focus();
    }
  });
})();
