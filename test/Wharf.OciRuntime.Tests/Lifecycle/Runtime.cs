using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>The program as an engine runs it: a private root, a bundle with busybox.</summary>
internal sealed class Runtime : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wharf-oci-").FullName;

    public Runtime()
    {
        Directory.CreateDirectory(Bundle + "/rootfs/bin");
        File.Copy("/bin/busybox", Bundle + "/rootfs/bin/busybox");
        File.SetUnixFileMode(Bundle + "/rootfs/bin/busybox", (UnixFileMode)0b111_101_101);
        foreach (string applet in new[] { "sh", "true", "sleep", "echo", "cat", "hostname", "tty" })
        {
            File.CreateSymbolicLink($"{Bundle}/rootfs/bin/{applet}", "busybox");
        }

        Run("spec", "--bundle", Bundle).Succeed();
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "wharf-oci");

    public string Bundle => _directory + "/bundle";

    public string Root => _directory + "/root";

    /// <summary>Shell text that comes before the program takes the shell's place: descriptors, variables.</summary>
    public string Before { get; set; } = "";

    public void Configure(string[] args, Action<JsonNode>? change = null)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Bundle + "/config.json"))!;
        config["process"]!["terminal"] = false;
        config["process"]!["args"] = new JsonArray([.. args.Select(a => (JsonNode)a)]);
        config["linux"]!["cgroupsPath"] = "/wharf-oci-tests/" + Path.GetFileName(_directory);
        change?.Invoke(config);
        File.WriteAllText(Bundle + "/config.json", config.ToJsonString());
    }

    public Answer Run(params string[] arguments)
    {
        // output to files: a container that lives on would hold a pipe open
        string output = Path.Combine(_directory, "stdout"), error = Path.Combine(_directory, "stderr");
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Before + "exec \"$0\" --root \"$R\" \"$@\" >\"$OUT\" 2>\"$ERR\"");
        start.ArgumentList.Add(Program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["R"] = Root;
        start.Environment["OUT"] = output;
        start.Environment["ERR"] = error;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        process.WaitForExit();
        return new Answer(process.ExitCode, File.ReadAllText(output), File.ReadAllText(error));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

internal sealed record Answer(int ExitCode, string Output, string Error)
{
    public Answer Succeed()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}: {Error}");
        return this;
    }
}
