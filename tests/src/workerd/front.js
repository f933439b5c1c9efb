// Who puts and who visits are in different places.
export default {
  fetch(request, env) {
    const isPut = new URL(request.url).pathname === "/.pharos/put";
    return (isPut ? env.DOOR : env.VISITORS).fetch(request);
  },
};
