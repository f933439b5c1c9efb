// Who puts and who visits are in different places.
export default {
  fetch(request, env) {
    const isPut = new URL(request.url).pathname === "/.pharos/put";
    return (isPut ? env.PUT : env.VISITORS).fetch(request);
  },
};
