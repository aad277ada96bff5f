// All that the page gets from Electron: the one message port that it offers is passed to the main process, which
// answers the contract on it. CommonJS, because a sandboxed preload script cannot be anything else.
const { ipcRenderer } = require('electron') as typeof import('electron');

window.addEventListener('message', function pass(event) {
  if (event.source !== window || event.data !== 'adapter-studio:port' || event.ports.length !== 1) return;
  window.removeEventListener('message', pass);
  ipcRenderer.postMessage('adapter-studio:port', null, [...event.ports]);
});
