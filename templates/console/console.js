// What the console does better with JavaScript: clocks that tick, pages that follow what happens, drafts that
// survive a reload, the keyboard. Everything works without it.
"use strict";

(() => {
  const body = document.body;
  const says = body.dataset;

  // ---- Clocks

  let ahead = says.now ? Date.parse(says.now) - Date.now() : 0;

  const span = (milliseconds) => {
    const seconds = Math.floor(milliseconds / 1000);
    const units = [
      [says.days, Math.floor(seconds / 86400), false],
      [says.hours, Math.floor(seconds / 3600) % 24, false],
      [says.minutes, Math.floor(seconds / 60) % 60, false],
      [says.seconds, seconds % 60, true],
    ];
    let first = units.findIndex(([, count]) => count > 0);
    if (first < 0) first = 3;
    return units
      .slice(first, first + 2)
      .filter(([, count, small], index) => index === 0 || (count > 0 && (!small || seconds < 120)))
      .map(([unit, count]) => unit.replace("{}", count))
      .join(" ");
  };

  const tick = () => {
    const now = Date.now() + ahead;
    for (const clock of document.querySelectorAll("time.due, time.ago")) {
      const left = Date.parse(clock.dateTime) - now;
      const isDue = clock.classList.contains("due");
      const said = isDue ? (left < 0 ? says.late : says.left) : says.ago;
      const text = said.replace("{}", span(Math.abs(left)));
      if (clock.textContent !== text) clock.textContent = text;
      if (isDue) clock.classList.toggle("late", left < 0);
    }
  };
  tick();
  setInterval(tick, 1000);

  // ---- What is being written survives a reload, until it was taken

  const store = window.sessionStorage;
  const FIELDS = "textarea, input:not([type]), input[type=text], input[type=url], input[type=time], input[type=date]";
  const formKey = (form) =>
    form.method !== "post" || form.hasAttribute("data-secret")
      ? null
      : ["draft", location.pathname, form.getAttribute("action"), ...["command", "step", "id"].map((name) => {
          const field = form.elements.namedItem(name);
          return field && field.type === "hidden" ? field.value : "";
        })].join(" ");

  const isChanged = (field) => field.value !== field.defaultValue;

  const keep = (form) => {
    const key = formKey(form);
    if (!key) return;
    const written = {};
    for (const field of form.querySelectorAll(FIELDS)) {
      if (field.name && isChanged(field)) written[field.name] = field.value;
    }
    if (Object.keys(written).length) store.setItem(key, JSON.stringify(written));
    else store.removeItem(key);
  };

  const recall = (root) => {
    for (const form of root.querySelectorAll("form")) {
      const key = formKey(form);
      const written = key && store.getItem(key);
      if (!written) continue;
      const fields = JSON.parse(written);
      for (const field of form.querySelectorAll(FIELDS)) {
        if (field.name in fields && !isChanged(field)) field.value = fields[field.name];
      }
      const folded = form.closest("details");
      if (folded && form.querySelector(FIELDS)) folded.open = true;
    }
  };

  if (!says.hasOwnProperty("refused") && store.getItem("sent")) store.removeItem(store.getItem("sent"));
  store.removeItem("sent");
  recall(document);

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form) keep(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    const key = formKey(form);
    if (key) store.setItem("sent", key);
    // The answer is on its way: a second press would ask for the same. The pressed button must still be sent.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("form button[disabled]")) button.disabled = false;
    follow();
  });
  window.addEventListener("pagehide", () => {
    if (source) source.abort();
    source = null;
  });

  // ---- What others do shows at once

  let source = null;
  let seen = Number(says.seq || 0);
  let wanted = false;
  let asking = false;
  const line = document.getElementById("line");

  const isBusy = (part) => {
    const active = document.activeElement;
    if (active && part.contains(active) && active.matches("input, textarea, select")) return true;
    return [...part.querySelectorAll(FIELDS)].some(isChanged) ||
      [...part.querySelectorAll("input[type=checkbox], input[type=radio]")].some((box) => box.checked !== box.defaultChecked);
  };

  const renew = async () => {
    if (asking) {
      wanted = true;
      return;
    }
    asking = true;
    wanted = false;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.body.dataset.now) ahead = Date.parse(page.body.dataset.now) - Date.now();
      seen = Math.max(seen, Number(page.body.dataset.seq || 0));
      says.poll = page.body.dataset.poll || "";
      for (const part of document.querySelectorAll("[data-live]")) replace(part, page.getElementById(part.id));
      document.title = page.title;
      tick();
      if (!says.watch) connected(true);
    } catch {
      connected(false);
    } finally {
      asking = false;
      if (wanted) setTimeout(renew, 150);
    }
  };

  // Keys leave the comparison: every rendering of a form has its own.
  const bare = (part) => part.innerHTML.replace(/name="key" value="[^"]*"/g, "").replace(/<time[^>]*>[^<]*<\/time>/g, (time) => time.replace(/>[^<]*</, "><").replace(/ class="[^"]*"/, ""));

  const replace = (part, fresh) => {
    if (!fresh || bare(part) === bare(fresh)) return;
    if (isBusy(part)) {
      part.dataset.behind = "";
      return;
    }
    const open = [...part.querySelectorAll("details[id]")].filter((folded) => folded.open).map((folded) => folded.id);
    const shut = [...part.querySelectorAll("details[id]")].filter((folded) => !folded.open).map((folded) => folded.id);
    const active = document.activeElement;
    const focus = active && part.contains(active) ? active.id : null;
    const known = new Set([...part.querySelectorAll("[data-seq]")].map((entry) => entry.dataset.seq));
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    part.removeAttribute("data-behind");
    for (const folded of part.querySelectorAll("details[id]")) {
      if (open.includes(folded.id)) folded.open = true;
      else if (shut.includes(folded.id)) folded.open = false;
    }
    for (const entry of part.querySelectorAll("[data-seq]")) {
      if (known.size && !known.has(entry.dataset.seq)) entry.classList.add("fresh");
    }
    recall(part);
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  };

  document.addEventListener("focusout", (event) => {
    const part = event.target.closest("[data-behind]");
    if (part) setTimeout(() => !isBusy(part) && renew(), 200);
  });

  let lost = null;
  const connected = (is) => {
    if (!line) return;
    if (is) {
      clearTimeout(lost);
      lost = null;
      line.hidden = true;
      return;
    }
    // Every try that fails says so again; the time counts from the first.
    lost ??= setTimeout(() => {
      line.textContent = line.dataset.lost;
      line.hidden = false;
    }, 3000);
  };

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // Server-sent events, read here rather than by EventSource: that one hears only kinds of events it was told of.
  const follow = async () => {
    if (!says.watch || source) return;
    source = new AbortController();
    const here = source;
    while (!here.signal.aborted) {
      try {
        const headers = { Accept: "text/event-stream", "Last-Event-ID": String(seen) };
        const answer = await fetch(says.watch, { headers, signal: here.signal, cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        connected(true);
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (let read = await reader.read(); !read.done; read = await reader.read()) {
          rest += read.value;
          const lines = rest.split("\n");
          rest = lines.pop();
          const newest = Math.max(0, ...lines.filter((text) => text.startsWith("id: ")).map((text) => Number(text.slice(4))));
          if (newest > seen) {
            seen = newest;
            renew();
          }
        }
      } catch {
        if (here.signal.aborted) return;
      }
      connected(false);
      await pause(2000);
    }
  };
  follow();

  let since = 0;
  setInterval(() => {
    const every = Number(says.poll || 0);
    since += 1;
    if (!every || since < every || document.hidden) return;
    since = 0;
    renew();
  }, 1000);
  document.addEventListener("visibilitychange", () => !document.hidden && (says.watch || says.poll) && renew());

  // ---- What was told is where the reader is

  const told = document.getElementById("refusal");
  if (told) told.focus();
  const address = new URL(location.href);
  if (address.searchParams.has("did")) {
    address.searchParams.delete("did");
    history.replaceState(null, "", address);
  }
  for (const box of document.querySelectorAll("[data-enhanced]")) box.hidden = false;

  // ---- Keyboard

  const keys = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  if (keys && opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => keys.showModal());
  }
  const go = (path) => () => location.assign(path);
  const to = (selector) => () => {
    const there = document.querySelector(selector);
    if (!there) return false;
    for (let folded = there.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    there.scrollIntoView({ block: "center" });
    there.focus();
  };
  const stepBy = (by) => () => {
    const steps = [...document.querySelectorAll("[data-step]")];
    if (!steps.length) return false;
    const at = steps.findIndex((step) => step === document.activeElement || step.contains(document.activeElement));
    const next = steps[Math.min(Math.max(at + by, 0), steps.length - 1)];
    next.setAttribute("tabindex", "-1");
    next.scrollIntoView({ block: "start" });
    next.focus();
  };
  const plain = {
    "?": () => keys && keys.showModal(),
    s: go("/start"),
    n: to("#note-text"),
    t: to("#timeline"),
    j: stepBy(1),
    k: stepBy(-1),
  };
  const after = { h: go("/"), f: go("/follow-ups"), c: go("/contacts"), r: go("/runbooks"), p: go("/people") };
  let first = null;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit(event.target.form.querySelector("button.main") || undefined);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    if (keys && keys.open) return;
    const deed = first === "g" ? after[event.key] : plain[event.key];
    first = event.key === "g" && first !== "g" ? "g" : null;
    if (deed && deed() !== false) event.preventDefault();
  });
})();
