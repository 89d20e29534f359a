using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Sources;

/// <summary>
/// Runs the system's git, the one program that the builder starts. It sees no configuration but ours, asks nothing, runs no hooks, and
/// speaks only network protocols: a repository cannot make it read local files.
/// </summary>
/// <param name="workFolder">Where it runs.</param>
/// <param name="home">An empty folder.</param>
/// <param name="remote">The repository; the authorization is for its server alone, and no submodule's gets it.</param>
/// <param name="authorization">Value of the Authorization header; handed over in the environment, where only root can see it.</param>
internal sealed class GitProgram(string workFolder, string home, string remote, string? authorization)
{
    private const int SigKill = 9;
    private static readonly string[] Places = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"];

    private static readonly string[] Settings =
    [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.allow=never", "protocol.https.allow=always", "protocol.http.allow=always",
        "protocol.git.allow=always", "protocol.ssh.allow=always", "http.followRedirects=initial", "submodule.recurse=false", "advice.detachedHead=false",
        "init.defaultBranch=main", "gc.auto=0", "uploadpack.packObjectsHook=",
    ];

    public string WorkFolder => workFolder;

    /// <summary>Runs to the end and returns what it printed.</summary>
    /// <exception cref="WharfException">InvalidArgument with its error output; Unavailable where there is no git.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        string program = Places.FirstOrDefault(File.Exists)
            ?? throw WharfException.Unavailable("git contexts need the program git on the engine's machine: install it, or send the folder instead");
        FileCalls.Pipe(out var outRead, out var outWrite, OpenFlags.CloseOnExec).ThrowIfError("pipe2", "git");
        FileCalls.Pipe(out var errorRead, out var errorWrite, OpenFlags.CloseOnExec).ThrowIfError("pipe2", "git");
        FileCalls.Open("/dev/null", OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out var nothing).ThrowIfError("open", "/dev/null");
        int pid;
        using (nothing)
        using (outWrite)
        using (errorWrite)
        {
            ProcessSpawner.Spawn(program, ["git", .. Settings.SelectMany(s => new[] { "-c", s }), .. arguments], Environment(),
                [nothing.Number(), outWrite.Number(), errorWrite.Number()], workFolder, newSession: true, out pid).ThrowIfError("posix_spawn", program);
        }

        // The whole session goes, as git works through programs of its own.
        using var stop = ct.Register(() => ProcessCalls.Kill(-pid, SigKill));
        var output = ReadAsync(outRead);
        var errors = ReadAsync(errorRead);
        string text = await output, complaint = await errors;
        var end = await Task.Run(() =>
        {
            ProcessCalls.WaitPid(pid, block: true, out var ended).ThrowIfError("waitid", "git");
            return ended;
        }, CancellationToken.None);
        ct.ThrowIfCancellationRequested();
        return end.ExitCode == 0 ? text
            : throw WharfException.Invalid($"git {arguments[0]} failed: {complaint.Trim().Replace(workFolder, ".", StringComparison.Ordinal)}");
    }

    private static async Task<string> ReadAsync(SafeFileHandle pipe)
    {
        await using var stream = new FileStream(pipe, FileAccess.Read, bufferSize: 0);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private List<string> Environment()
    {
        List<string> environment =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + home, "XDG_CONFIG_HOME=" + home, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
            "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "SSH_ASKPASS=/bin/false", "GIT_PROTOCOL_FROM_USER=0",
            "GIT_SSH_COMMAND=ssh -F /dev/null -o BatchMode=yes",
        ];
        foreach (string proxy in new[] { "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "all_proxy", "ALL_PROXY" })
        {
            if (System.Environment.GetEnvironmentVariable(proxy) is { Length: > 0 } value)
            {
                environment.Add($"{proxy}={value}");
            }
        }

        if (authorization is not null && Uri.TryCreate(remote, UriKind.Absolute, out var address))
        {
            environment.AddRange(["GIT_CONFIG_COUNT=1", $"GIT_CONFIG_KEY_0=http.{address.GetLeftPart(UriPartial.Authority)}/.extraHeader", "GIT_CONFIG_VALUE_0=Authorization: " + authorization]);
        }

        return environment;
    }
}
