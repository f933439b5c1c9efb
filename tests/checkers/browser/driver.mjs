// Takes steps of tests in browsers. A connection is a tab: each line that comes is a step as JSON, each line that goes
// its outcome.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { closeAll, open } from './browsers.mjs';

async function serve(connection) {
  connection.on('error', () => {});
  let page;
  for await (const line of createInterface({ input: connection })) {
    const { browser, options, step, args } = JSON.parse(line);
    let outcome;
    try {
      if (browser) page = await open(browser, options);
      else outcome = { value: await take(step, page, args) };
    } catch (error) {
      outcome = { error: error.stack };
    }
    connection.write(`${JSON.stringify({ ...outcome })}\n`);
  }
  await page?.context().close();
}

async function take(step, page, args) {
  const [file, name] = step.split('.');
  const steps = await import(`./${file}.mjs`);
  try {
    return await steps[name](page, args);
  } catch (error) {
    error.stack = `${step} in ${page.context().browser().browserType().name()}: ${error.stack}`;
    throw error;
  }
}

const server = createServer((connection) => serve(connection).catch(() => {}));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', async () => {
  await closeAll();
  process.exit();
});
