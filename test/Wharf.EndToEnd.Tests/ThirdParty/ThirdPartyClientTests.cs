using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.ThirdParty;

/// <summary>Programs of others against our socket: what they print last says that every step of theirs held.</summary>
public sealed class ThirdPartyClientTests(SharedEngine shared) : EngineTest(shared)
{
    private static readonly Lazy<string> NodeFolder = new(InstallNodePackages);

    [Fact]
    public void Dockerode_IsContent() => Node("dockerode.js", "dockerode is content");

    [Fact]
    public void Testcontainers_IsContent() => Node("testcontainers.js", "testcontainers is content");

    [Fact]
    public void PythonSdk_IsContent()
    {
        Packages("python3-docker");
        string script = Path.Combine(Repository.Root, "test/Wharf.EndToEnd.Tests/ThirdParty/python/docker_sdk.py");
        InNamespace("/usr/bin/python3", script, "the Python SDK is content");
    }

    private void Node(string script, string expected)
    {
        Packages("nodejs");
        InNamespace("node", Path.Combine(NodeFolder.Value, script), expected);
    }

    private void InNamespace(string program, string script, string expected)
    {
        var environment = Engine.ClientEnvironment();
        environment["TESTCONTAINERS_RYUK_DISABLED"] = "true";
        environment["TESTCONTAINERS_HOST_OVERRIDE"] = "127.0.0.1";
        var result = Command.Run("nsenter", ["--net=/run/netns/" + Engine.Name, program, script], environment: environment, timeoutSeconds: 180);
        Assert.True(result.Ok().Text.EndsWith(expected, StringComparison.Ordinal), result.ToString());
    }

    private static void Packages(string package)
    {
        if (package == "nodejs" && Command.Run("sh", ["-c", "command -v node"]).ExitCode == 0)
        {
            return;
        }

        if (Command.Run("dpkg", ["-s", package]).ExitCode != 0)
        {
            Command.Run("sh", ["-c", $"apt-get update -q && apt-get install -y -q --no-install-recommends {package} {(package == "nodejs" ? "npm" : "")}"], timeoutSeconds: 600).Ok();
        }
    }

    private static string InstallNodePackages()
    {
        string source = Path.Combine(Repository.Root, "test/Wharf.EndToEnd.Tests/ThirdParty/node");
        string folder = Path.Combine(Repository.Root, "out/test/node");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        Command.Run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"], directory: folder, timeoutSeconds: 600).Ok();
        return folder;
    }
}
