// Conveniences of oivo's pages. Nothing needs them: without JavaScript the buttons stay hidden.
"use strict";

document.querySelectorAll("button[data-copy]").forEach((button) => {
  if (!navigator.clipboard) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    window.setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
});

// Send a table, an OIFITS file or a position to the programs of the visitor's desktop: what the button names, or a
// table that a DaCHS form asks for. To the program that the button is made for where it runs, else to all that take it.
const sampMessages = {
  sampTable: (address) => table("table.load.votable", address),
  sampForm: (id) => table("table.load.votable",
    getFormQuery(document.getElementById(id), {_FORMAT: 1}) + "&_FORMAT=VOTable&VERB=3"),
  sampFits: (address) => table("table.load.fits", address),
  sampPoint: (position) => {
    const [ra, dec] = position.split(" ");
    return new samp.Message("coord.pointAt.sky", {"ra": ra, "dec": dec});
  },
};

function table(mtype, address) {
  return new samp.Message(mtype, {"table-id": address, "url": address, "name": document.title});
}

function sampCall(connection, method, ...args) {
  return new Promise((resolve, reject) => { connection[method](args, resolve, reject); });
}

async function sampReceivers(connection, mtype, wanted) {
  const clients = Object.keys(await sampCall(connection, "getSubscribedClients", mtype));
  const known = await Promise.all(clients.map(async (id) =>
    ({id, name: String((await sampCall(connection, "getMetadata", id))["samp.name"] || "a program")})));
  const meant = known.filter((client) => wanted && client.name.toLowerCase().startsWith(wanted.toLowerCase()));
  return meant.length ? meant : known;
}

async function sampSend(connection, message, wanted) {
  const receivers = await sampReceivers(connection, message["samp.mtype"], wanted);
  await Promise.all(receivers.map((client) => sampCall(connection, "notify", client.id, message)));
  if (receivers.length) {
    return `Sent to ${receivers.map((client) => client.name).join(", ")}.`;
  }
  return `No program that takes this is running${wanted ? `: start ${wanted}` : ""}.`;
}

document.querySelectorAll("button").forEach((button) => {
  const kind = Object.keys(sampMessages).find((each) => each in button.dataset);
  if (!kind || typeof samp === "undefined") {
    return;
  }
  const status = button.closest(".samp").querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = "Looking for a SAMP hub …";
    samp.register(document.title, async (connection) => {
      try {
        status.textContent = await sampSend(connection, sampMessages[kind](button.dataset[kind]), button.dataset.sampTo);
      } catch (error) {
        status.textContent = "The SAMP hub does not take it.";
      }
      connection.unregister();
    }, () => { status.textContent = "No SAMP hub answers: start TOPCAT first."; });
  });
});
