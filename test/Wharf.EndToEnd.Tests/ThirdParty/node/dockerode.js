// Drives the engine as users of dockerode do; every step asserts, the first failure ends the program with its text.
const assert = require('node:assert/strict');
const { PassThrough } = require('node:stream');
const Docker = require('dockerode');

const docker = new Docker({ socketPath: process.env.DOCKER_HOST.replace('unix://', '') });
const text = async stream => { let all = ''; for await (const part of stream) all += part; return all; };

async function runWithOutput() {
  const out = new PassThrough(), collected = text(out);
  const [result, container] = await docker.run('busybox', ['sh', '-c', 'echo from dockerode; exit 3'], out);
  out.end();
  assert.equal(result.StatusCode, 3);
  assert.match(await collected, /from dockerode/);
  await container.remove();
}

async function lifeCycle() {
  const container = await docker.createContainer({
    Image: 'busybox', name: 'dockerode-life', Cmd: ['sleep', '600'], Labels: { made: 'by-dockerode' }, ExposedPorts: { '80/tcp': {} },
    HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '' }] }, Memory: 64 * 1024 * 1024, RestartPolicy: { Name: 'no' } },
  });
  await container.start();
  const seen = await container.inspect();
  assert.equal(seen.State.Running, true);
  assert.equal(seen.HostConfig.Memory, 64 * 1024 * 1024);
  assert.ok(seen.NetworkSettings.Ports['80/tcp'][0].HostPort > 0);
  const listed = await docker.listContainers({ filters: { label: ['made=by-dockerode'] } });
  assert.equal(listed.length, 1);
  assert.deepEqual(listed[0].Names, ['/dockerode-life']);
  const stats = await container.stats({ stream: false });
  assert.ok(stats.memory_stats.usage > 0);

  const exec = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  const out = new PassThrough(), collected = text(out);
  docker.modem.demuxStream(stream, out, out);
  // the demultiplexer still works on the last chunk when the socket says it has ended
  stream.on('end', () => setTimeout(() => out.end(), 200));
  stream.write('through the hijacked stream');
  stream.end();
  assert.equal(await collected, 'through the hijacked stream');
  assert.equal((await exec.inspect()).ExitCode, 0);

  await container.putArchive(await tarOf('greeting', 'hello'), { path: '/tmp' });
  assert.match(await text(await container.getArchive({ path: '/tmp/greeting' })), /hello/);
  await assert.rejects(docker.createContainer({ Image: 'busybox', name: 'dockerode-life' }), { statusCode: 409 });
  await container.stop({ t: 0 });
  await assert.rejects(container.stop(), { statusCode: 304 });
  await container.remove();
  await assert.rejects(container.inspect(), { statusCode: 404 });
}

async function events() {
  await new Promise(done => setTimeout(done, 1100)); // "until" is in whole seconds
  const stream = await docker.getEvents({ since: Math.floor(Date.now() / 1000) - 600, until: Math.floor(Date.now() / 1000), filters: { container: ['dockerode-life'] } });
  const actions = (await text(stream)).trim().split('\n').map(line => JSON.parse(line).Action);
  for (const action of ['create', 'start', 'die', 'destroy']) assert.ok(actions.includes(action), `event ${action}: ${actions}`);
}

async function tarOf(name, content) {
  const header = Buffer.alloc(512);
  header.write(name, 0); header.write('0000644\0', 100); header.write('0000000\0', 108); header.write('0000000\0', 116);
  header.write(content.length.toString(8).padStart(11, '0') + '\0', 124); header.write('00000000000\0', 136); header.write('        ', 148); header.write('0', 156); header.write('ustar\x0000', 257);
  header.write(header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0') + '\0 ', 148);
  return Buffer.concat([header, Buffer.from(content.padEnd(512, '\0')), Buffer.alloc(1024)]);
}

(async () => {
  assert.equal((await docker.ping()).toString(), 'OK');
  assert.equal((await docker.version()).ApiVersion, '1.55');
  await runWithOutput();
  await lifeCycle();
  await events();
  console.log('dockerode is content');
})().catch(error => { console.error(error); process.exit(1); });
