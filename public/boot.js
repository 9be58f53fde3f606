// Starts Satchel: loads the app, says in plain words when it cannot start or has stopped, and looks after
// the service worker. A file of its own because the Content-Security-Policy allows no inline script, and a
// classic script so that a browser too old for modules still gets the sentence.
(function () {
  'use strict';

  var me = document.currentScript;
  var SAFE = 'Everything you saved is still on this device.';
  var HOUR_MS = 60 * 60 * 1000;
  var ready = false;
  var stopped = false;
  var registration = null;
  var updateWaits = false;
  var applying = false;

  // --- starting ---

  function start() {
    if (typeof WebAssembly !== 'object' || !window.indexedDB || !window.Promise) {
      show(
        'This browser is too old for Satchel',
        'Satchel needs a browser with WebAssembly and IndexedDB, and storage that is allowed. ' +
          'Update this browser, or leave its private mode, and open Satchel again.'
      );
      return;
    }
    watchForTheApp();
    import(me.dataset.js)
      .then(function (app) {
        return app.default({ module_or_path: me.dataset.wasm });
      })
      .catch(function (error) {
        console.error(error);
        if (isStop(error)) onStop();
        else show('Satchel could not start', 'It did not load completely. ' + SAFE + ' Reload to try again.');
      });
  }

  function watchForTheApp() {
    window.addEventListener('satchel:ready', onReady);
    var watcher = new MutationObserver(function () {
      if (!document.body.hasAttribute('data-app')) return;
      watcher.disconnect();
      onReady();
    });
    watcher.observe(document.body, { attributes: true, attributeFilter: ['data-app'] });
    if (document.body.hasAttribute('data-app')) onReady();
  }

  function onReady() {
    if (ready) return;
    ready = true;
    var boot = document.getElementById('boot');
    if (boot) boot.remove();
    if (updateWaits) offerUpdate();
  }

  // --- stopping ---

  // A panic in the app ends its WebAssembly: nothing it shows can be trusted from then on.
  function isStop(error) {
    return typeof WebAssembly === 'object' && error instanceof WebAssembly.RuntimeError;
  }

  function onStop() {
    if (stopped) return;
    stopped = true;
    show('Satchel stopped', 'Something went wrong inside the app. ' + SAFE + ' Reload to go on.');
  }

  window.addEventListener('error', function (event) {
    if (isStop(event.error)) onStop();
  });
  window.addEventListener('unhandledrejection', function (event) {
    if (isStop(event.reason)) onStop();
  });

  function show(title, text) {
    var old = document.getElementById('boot-panel');
    if (old) old.remove();
    var panel = element('div', 'boot-panel');
    panel.id = 'boot-panel';
    panel.setAttribute('role', 'alert');
    var box = element('div', 'boot-panel__box');
    var reload = element('button', 'boot-panel__button', 'Reload');
    reload.type = 'button';
    reload.addEventListener('click', function () {
      location.reload();
    });
    box.append(element('h1', 'boot-panel__title', title), element('p', 'boot-panel__text', text), reload);
    panel.append(box);
    document.body.append(panel);
    reload.focus();
  }

  function element(tag, name, text) {
    var made = document.createElement(tag);
    made.className = name;
    if (text) made.textContent = text;
    return made;
  }

  // --- the service worker ---

  function register() {
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker
      .register('/sw.js', { updateViaCache: 'none' })
      .then(function (found) {
        registration = found;
        if (found.waiting && navigator.serviceWorker.controller) offerUpdate();
        if (found.installing) follow(found.installing);
        found.addEventListener('updatefound', function () {
          if (found.installing) follow(found.installing);
        });
        // An app on a phone's home screen may stay open for weeks, and nothing else would ever look.
        setInterval(look, HOUR_MS);
        document.addEventListener('visibilitychange', function () {
          if (document.visibilityState === 'visible') look();
        });
      })
      .catch(function (error) {
        console.warn('Satchel will not open without a connection:', error);
      });
  }

  function look() {
    // No signal is no error here.
    registration.update().catch(function () {});
  }

  function follow(worker) {
    worker.addEventListener('statechange', function () {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) offerUpdate();
    });
  }

  // The app may not listen yet: it is told again when it is ready.
  function offerUpdate() {
    updateWaits = true;
    if (ready) window.dispatchEvent(new CustomEvent('satchel:update-ready'));
  }

  window.addEventListener('satchel:apply-update', function () {
    if (applying) return;
    applying = true;
    var waiting = registration && registration.waiting;
    // Another tab may have let the new version in already.
    if (waiting) waiting.postMessage({ type: 'SKIP_WAITING' });
    else location.reload();
  });

  if ('serviceWorker' in navigator) {
    // The first worker ever takes the page over too, and that is no reason to reload. Nor is an update that
    // another tab asked for: this tab goes on with what it has and still offers the reload.
    var hadController = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener('controllerchange', function () {
      var reloads = hadController && applying;
      hadController = true;
      applying = false;
      if (reloads) location.reload();
    });
  }

  start();
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register);
})();
