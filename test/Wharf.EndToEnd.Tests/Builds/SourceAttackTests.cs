using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Attacks 50 and 53 where a server or a path plays along: what is fetched and copied must be what the policy allows.</summary>
public sealed class SourceAttackTests(SharedEngine shared) : BuildTest(shared)
{
    /// <summary>Answers every path as its first part says.</summary>
    private const string Server = """
        import http.server, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                what = self.path.split('/')[1]
                if what == 'huge':
                    self.send_response(200); self.send_header('Content-Length', str(9 << 40)); self.end_headers(); self.wfile.write(b'x' * 1000)
                elif what == 'loop':
                    self.send_response(302); self.send_header('Location', self.path); self.end_headers()
                else:
                    self.send_response(302); self.send_header('Location', {'meta': 'http://169.254.169.254/latest/', 'file': 'file:///etc/passwd', 'six': 'http://[fe80::1]/'}[what]); self.end_headers()
            def log_message(self, *a): pass
        http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
        """;

    [Theory]
    [InlineData("meta", "is a link-local address")]
    [InlineData("six", "link-local")]
    [InlineData("file", "failed to GET")]
    [InlineData("loop", "302")]
    [InlineData("huge", "is larger than")]
    public void BldSsrf_WhatAServerLeadsTo_IsRefused(string path, string words)
    {
        using var folder = new BuildFolder("");
        folder.Write("server.py", Server);
        int port = Ports.Free(Engine);
        using Process server = Command.Start("nsenter", ["--net=/run/netns/" + Engine.Name, "python3", folder["server.py"], port.ToString()]);
        try
        {
            Ports.Await(Engine, port);
            var watch = Stopwatch.StartNew();
            Assert.Contains(words, Failure(Client.Docker, $"FROM busybox\nADD http://127.0.0.1:{port}/{path}/x /x\n"));
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"refused after {watch.Elapsed}");
            Engine.RunWith(Client.Wharf, null, 120, "build", $"http://127.0.0.1:{port}/{path}/Dockerfile").Fails(1, words);
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
        }
    }

    [Theory]
    [InlineData("COPY ../secret /x")]
    [InlineData("COPY ../../../../../../etc/passwd /x")]
    [InlineData("COPY a/../../secret /x")]
    [InlineData("ADD ../secret /x")]
    public void BldContextEscape_PathAboveTheContext_IsInTheContext(string instruction)
    {
        using var folder = new BuildFolder($"FROM busybox\n{instruction}\n");
        folder.Write("a/b", "");
        string said = Failure(Client.Docker, $"FROM busybox\n{instruction}\n") + Build(Client.Wharf, folder).Error;
        Assert.Equal(2, said.Split("file not found in build context").Length - 1);
        Assert.DoesNotContain("root:", said);
    }
}
