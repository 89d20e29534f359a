using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>A git daemon on the loopback of an engine's network, with one small repository.</summary>
public sealed class GitServer : IDisposable
{
    private static int _next = 19400;
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-git-").FullName;
    private readonly Process _daemon;

    /// <param name="engine">In whose network it listens.</param>
    /// <param name="more">Shell commands in the work tree before the first commit's successor on main.</param>
    /// <param name="format">The digests it names its objects by.</param>
    public GitServer(Engine engine, string more = "", string format = "sha1")
    {
        Command.Run("/bin/sh", ["-ec", """
            git init -q --object-format=$FORMAT work && cd work && git config user.email a@example.com && git config user.name a && git checkout -q -b main
            printf 'FROM busybox\nCOPY . /g/\nRUN echo version=$(cat /g/version)\n' > Dockerfile
            echo main > version && mkdir sub && cp Dockerfile sub/ && echo sub > sub/version && ln -s /etc escape
            git add -A && git commit -qm one && git tag v1 && git checkout -q -b feat && echo feat > version && git commit -qam two && git update-ref refs/pull/7/head HEAD && git checkout -q main
            if [ -n "$MORE" ]; then eval "$MORE"; git add .gitmodules && git commit -qm more; fi
            git clone -q --mirror . ../r.git && git -C ../r.git config uploadpack.allowAnySHA1InWant true
            """], directory: _folder, environment: new Dictionary<string, string> { ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["HOME"] = _folder, ["MORE"] = more, ["FORMAT"] = format }).Ok();
        int port = Interlocked.Increment(ref _next);
        Address = $"git://127.0.0.1:{port}/r.git";
        string[] head = Command.Run("git", ["-C", Path.Combine(_folder, "r.git"), "show", "--no-patch", "--format=%H %ct", "feat"]).Ok().Text.Split(' ');
        Commit = head[0];
        CommitTime = long.Parse(head[1]);
        _daemon = Command.Start("nsenter", ["--net=/run/netns/" + engine.Name, "git", "daemon", "--base-path=" + _folder, "--export-all", "--reuseaddr", "--listen=127.0.0.1", "--port=" + port]);
        Ports.Await(engine, port);
    }

    public string Address { get; }

    /// <summary>The commit of the branch feat.</summary>
    public string Commit { get; }

    /// <summary>When it was made, in seconds since 1970.</summary>
    public long CommitTime { get; }

    public void Dispose()
    {
        _daemon.Kill(entireProcessTree: true);
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A web server with a folder on the loopback of an engine's network.</summary>
public sealed class HttpServer : IDisposable
{
    private static int _next = 18080;
    private readonly Process _server;

    public HttpServer(Engine engine, string folder)
    {
        int port = Interlocked.Increment(ref _next);
        Address = $"http://127.0.0.1:{port}";
        _server = Command.Start("nsenter", ["--net=/run/netns/" + engine.Name, "busybox", "httpd", "-f", "-p", $"127.0.0.1:{port}", "-h", folder]);
        Ports.Await(engine, port);
    }

    public string Address { get; }

    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.Dispose();
    }
}

/// <summary>Waits for servers that were started.</summary>
internal static class Ports
{
    private static int _next = 20000;

    /// <summary>A port of the engine's loopback that no other test listens on.</summary>
    public static int Free(Engine engine)
    {
        int port;
        do
        {
            port = Interlocked.Increment(ref _next);
        }
        while (engine.OnHost("bash", "-c", $"</dev/tcp/127.0.0.1/{port}").ExitCode == 0);
        return port;
    }

    public static void Await(Engine engine, int port)
    {
        for (int i = 0; i < 200; i++)
        {
            if (engine.OnHost("bash", "-c", $"</dev/tcp/127.0.0.1/{port}").ExitCode == 0)
            {
                return;
            }

            Thread.Sleep(50);
        }

        throw new InvalidOperationException($"nothing answers on port {port}");
    }
}
