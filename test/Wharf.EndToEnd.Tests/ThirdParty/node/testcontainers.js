// What test suites of other projects do with us: start, wait for a port and for a log line, execute, copy, stop.
const assert = require('node:assert/strict');
const { GenericContainer, Wait } = require('testcontainers');

(async () => {
  const server = "echo ready to serve; while :; do printf 'HTTP/1.0 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello' | nc -l -p 8080 >/dev/null; done";
  const container = await new GenericContainer('busybox')
    .withCommand(['sh', '-c', server])
    .withEnvironment({ COLOUR: 'blue' })
    .withLabels({ suite: 'wharf' })
    .withCopyContentToContainer([{ content: 'copied in', target: '/tmp/note' }])
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forLogMessage('ready to serve'))
    .withStartupTimeout(30000)
    .start();
  const answer = await fetch(`http://${container.getHost()}:${container.getMappedPort(8080)}/`);
  assert.equal(await answer.text(), 'hello');
  const result = await container.exec(['sh', '-c', 'echo $COLOUR; cat /tmp/note']);
  assert.equal(result.exitCode, 0);
  assert.match(result.output, /blue[\s\S]*copied in/);
  await container.restart();
  await container.stop();
  console.log('testcontainers is content');
})().catch(error => { console.error(error); process.exit(1); });
