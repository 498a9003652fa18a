// The pages of submission, made quicker: files are sent one by one, two at a time, and seen as soon as they are read.
// Nothing needs this: without JavaScript the same forms send the same to the same addresses.
"use strict";

(() => {
  const summary = document.getElementById("trouble");
  if (summary) {
    summary.focus();
  }

  // the modes of the instrument that was typed
  document.querySelectorAll("[data-instrument]").forEach((instrument) => {
    const mode = instrument.closest("fieldset").querySelector("[data-modes]");
    instrument.addEventListener("input", () => {
      const list = `modes-${instrument.value.trim()}`;
      mode.setAttribute("list", document.getElementById(list) ? list : "");
    });
  });

  // all files of a collection at once
  const all = document.querySelector(".select-all");
  if (all) {
    const boxes = [...document.querySelectorAll("#files input[type=checkbox]")];
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.addEventListener("change", () => boxes.forEach((one) => { one.checked = box.checked; }));
    label.className = "pick";
    label.append(box, "all files");
    all.append(label);
    all.hidden = false;
  }

  // others may be drawing at this moment
  const tryAgain = (image) => {
    let left = 5;
    image.addEventListener("error", () => {
      left -= 1;
      if (left > 0) {
        window.setTimeout(() => { image.src = image.src; }, 4000);
      }
    });
  };
  document.querySelectorAll(".quicklook img").forEach(tryAgain);

  const form = document.getElementById("send-files");
  if (!form) {
    return;
  }
  const input = document.getElementById("files-field");
  const drop = document.getElementById("drop");
  const queue = document.getElementById("queue");
  const sending = document.getElementById("sending");
  const urls = document.getElementById("send-urls");
  const mostBytes = Number(form.dataset.bytes);
  const page = form.dataset.page;
  const AT_A_TIME = 2;
  const waiting = [];
  let running = 0;
  let done = 0;
  let failed = 0;

  const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

  // Take over from the page as it is now what does not hold anything typed.
  let refreshing = null;
  let stale = false;
  const refresh = async () => {
    const reply = await fetch(page, {headers: {"Accept": "text/html"}});
    if (!reply.ok || reply.redirected) {
      return;
    }
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    document.querySelectorAll("[data-refresh]").forEach((old) => {
      const now = fresh.getElementById(old.id);
      if (!now) {
        return;
      }
      // a file that has not changed keeps its picture and its open findings
      now.querySelectorAll("li.file").forEach((file) => {
        const known = document.getElementById(file.id);
        if (known && known.dataset.version === file.dataset.version) {
          file.replaceWith(known);
        } else {
          file.querySelectorAll(".quicklook img").forEach(tryAgain);
        }
      });
      const typed = old.querySelector("#value");
      if (typed && now.querySelector("#value")) {
        ["field", "value", "scope"].forEach((name) => {
          now.querySelector(`#${name}`).value = old.querySelector(`#${name}`).value;
        });
      }
      old.replaceChildren(...now.childNodes);
    });
  };
  const refreshSoon = () => {
    stale = true;
    const pause = 700 + 30 * document.querySelectorAll("li.file").length;
    refreshing ??= window.setTimeout(async () => {
      stale = false;
      await refresh().catch(() => {});
      refreshing = null;
      if (stale) {
        refreshSoon();
      }
    }, pause);
  };

  const tell = () => {
    const left = waiting.length + running;
    if (left) {
      sending.textContent = `${done} of ${done + failed + left} done …`;
    } else {
      sending.textContent = failed ? `${done} added, ${failed} not.` : `${done} added.`;
    }
  };

  const send = (job) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", job.to);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        job.bar.max = event.total;
        job.bar.value = event.loaded;
      }
    });
    request.upload.addEventListener("load", () => { job.state.textContent = "reading …"; });
    request.addEventListener("loadend", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = null;
      }
      resolve({status: request.status, answer});
    });
    request.send(job.body());
  });

  const finish = (job, {status, answer}) => {
    const problems = answer ? answer.problems.map((problem) => problem.message) : [];
    (answer ? answer.files : []).filter((file) => file.state === "refused").forEach((file) => problems.push(file.problem));
    if (!answer) {
      problems.push(status ? `the server answered ${status}; try again` : "the connection broke off; try again");
    }
    job.bar.remove();
    job.state.textContent = problems.length ? problems.join("; ") : "added";
    job.state.classList.toggle("wrong", problems.length > 0);
    if (answer && answer.login) {
      const link = document.createElement("a");
      link.href = answer.login;
      link.target = "_blank";
      link.textContent = "log in";
      job.state.append(": ", link, ", then add it again");
    }
    if (problems.length) {
      failed += 1;
    } else {
      done += 1;
      window.setTimeout(() => { job.line.remove(); queue.hidden = !queue.children.length; }, 1500);
    }
  };

  const next = async () => {
    while (running < AT_A_TIME && waiting.length) {
      const job = waiting.shift();
      running += 1;
      job.state.textContent = "sending …";
      send(job).then((result) => {
        running -= 1;
        finish(job, result);
        tell();
        refreshSoon();
        next();
      });
    }
  };

  const put = (name, to, body, wrong = "") => {
    const line = document.createElement("li");
    const label = document.createElement("span");
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    label.textContent = name;
    state.textContent = wrong || "waiting";
    bar.setAttribute("aria-label", name);
    line.append(label, state);
    queue.append(line);
    queue.hidden = false;
    if (wrong) {
      state.className = "wrong";
      failed += 1;
      return;
    }
    bar.value = 0;
    line.append(bar);
    waiting.push({line, state, bar, to, body});
  };
  const begin = () => {
    if (!running && !waiting.length) {
      return;
    }
    tell();
    next();
  };
  const startOver = () => {
    if (!running && !waiting.length) {
      done = 0;
      failed = 0;
      queue.replaceChildren();
    }
  };

  const addFiles = (files) => {
    startOver();
    [...files].forEach((file) => {
      const wrong = file.size > mostBytes - 2000 ? `too large: ${size(file.size)}, and ${size(mostBytes)} can be sent` : "";
      put(`${file.name} (${size(file.size)})`, form.action, () => {
        const data = new FormData();
        data.append("csrf", form.elements.csrf.value);
        data.append("files", file);
        return data;
      }, wrong);
    });
    tell();
    begin();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addFiles(input.files);
    form.reset();
  });
  // who chooses files wants them to be added
  input.addEventListener("change", () => {
    if (input.files.length) {
      addFiles(input.files);
      form.reset();
    }
  });
  urls.addEventListener("submit", (event) => {
    const text = urls.elements.urls.value;
    const lines = [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];
    if (!lines.length) {
      return;
    }
    event.preventDefault();
    startOver();
    lines.forEach((line) => put(line, urls.action, () => new URLSearchParams({"csrf": urls.elements.csrf.value, "urls": line})));
    urls.elements.urls.value = "";
    begin();
  });

  drop.querySelector(".drag").hidden = false;
  const carriesFiles = (event) => [...event.dataTransfer.types].includes("Files");
  // a file that misses the field must not replace the page
  ["dragover", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
    }
  }));
  drop.addEventListener("dragover", () => drop.classList.add("over"));
  ["dragleave", "drop"].forEach((name) => drop.addEventListener(name, () => drop.classList.remove("over")));
  drop.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) {
      addFiles(event.dataTransfer.files);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (running || waiting.length) {
      event.preventDefault();
    }
  });
})();
