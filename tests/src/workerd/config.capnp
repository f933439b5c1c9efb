using Workerd = import "/workerd/workerd.capnp";

# Two isolates, as in two places on earth: what the one for puts remembers is not known to the one for visitors.
const config :Workerd.Config = (
  services = [
    (name = "front", worker = .front),
    (name = "put", worker = .put),
    (name = "visitors", worker = .visitors),
    # The origin is on this machine too.
    (name = "internet", network = (allow = ["public", "local"], tlsOptions = (trustBrowserCas = true))),
    (name = "kv-of-put", external = (address = "KV_OF_PUT", http = ())),
    (name = "kv-of-visitors", external = (address = "KV_OF_VISITORS", http = ())),
  ],
  sockets = [(name = "http", address = "LISTEN", http = (), service = "front")],
);

const front :Workerd.Worker = (
  modules = [(name = "front.js", esModule = embed "front.js")],
  compatibilityDate = "2026-04-26",
  bindings = [(name = "PUT", service = "put"), (name = "VISITORS", service = "visitors")],
);

const put :Workerd.Worker = (
  modules = .bundle,
  compatibilityDate = "2026-04-26",
  bindings = [
    (name = "KV", kvNamespace = "kv-of-put"),
    BINDINGS
  ],
  durableObjectNamespaces = [(className = "CurrentRecord", uniqueKey = "current", enableSql = true)],
  durableObjectStorage = (inMemory = void),
);

const visitors :Workerd.Worker = (
  modules = .bundle,
  compatibilityDate = "2026-04-26",
  bindings = [
    (name = "KV", kvNamespace = "kv-of-visitors"),
    BINDINGS
  ],
);

const bundle :List(Workerd.Worker.Module) = [
  (name = "edge.js", esModule = embed "edge.js"),
  (name = "index.js", esModule = embed "index.js"),
  (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
];
