using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Our registry under the tools of others: skopeo, podman, buildah and Docker's manifest commands.</summary>
public sealed class ToolTests
{
    [Fact]
    public void Skopeo_CopiesBothWays_Inspects_Deletes()
    {
        using var registry = new RegistryProcess();
        string name = $"docker://{registry.Host}/a/b:v1", oci = Path.Combine(registry.Root, "oci");
        Run("skopeo", "copy", "-f", "oci", "--dest-tls-verify=false", "docker-archive:" + Repository.TestImage("busybox"), name).Ok();
        Run("skopeo", "copy", "--src-tls-verify=false", name, $"oci:{oci}:v1").Ok();
        Run("skopeo", "copy", "--dest-tls-verify=false", $"oci:{oci}:v1", name + "-again").Ok();
        Assert.Contains("\"v1-again\"", Run("skopeo", "list-tags", "--tls-verify=false", $"docker://{registry.Host}/a/b").Ok().Out);
        Assert.Contains("\"Architecture\": \"amd64\"", Run("skopeo", "inspect", "--tls-verify=false", name).Ok().Out);

        // Every repository of the store is an OCI layout that other tools read as it is.
        Run("skopeo", "inspect", $"oci:{registry.Store}/repositories/a/b/_layout:v1").Ok();
        Run("skopeo", "delete", "--tls-verify=false", name).Ok();
        Assert.NotEqual(0, Run("skopeo", "inspect", "--tls-verify=false", name).ExitCode);
    }

    [Fact]
    public void Skopeo_OverTls_WithAnOwnAuthority()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-e2e-tls-").FullName;
        Run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", $"{folder}/server.key", "-out", $"{folder}/ca.crt").Ok();
        using (var registry = new RegistryProcess(null, "--tls-cert", $"{folder}/ca.crt", "--tls-key", $"{folder}/server.key"))
        {
            string name = $"docker://{registry.Host}/a:v1";
            string certificates = Directory.CreateDirectory(Path.Combine(folder, "certs")).FullName;
            File.Copy($"{folder}/ca.crt", $"{certificates}/ca.crt");
            Assert.NotEqual(0, Run("skopeo", "copy", "docker-archive:" + Repository.TestImage("busybox"), name).ExitCode);
            Run("skopeo", "copy", "--dest-cert-dir", certificates, "docker-archive:" + Repository.TestImage("busybox"), name).Ok();
            Run("skopeo", "copy", "--src-cert-dir", certificates, name, $"dir:{folder}/out").Ok();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("podman")]
    [InlineData("buildah")]
    public void Podman_AndBuildah_PushAndPull(string tool)
    {
        using var registry = new RegistryProcess();
        Run("skopeo", "copy", "--dest-tls-verify=false", "docker-archive:" + Repository.TestImage("busybox"), $"docker://{registry.Host}/from:v1").Ok();
        string[] storage = ["--root", $"{registry.Root}/{tool}", "--runroot", $"{registry.Root}/{tool}-run", "--storage-driver", "vfs"];
        CommandResult Tool(params string[] arguments) => Run(tool, [.. storage, .. arguments]);
        Tool("pull", "--tls-verify=false", $"{registry.Host}/from:v1").Ok();
        Tool("push", "--tls-verify=false", $"{registry.Host}/from:v1", $"docker://{registry.Host}/to/{tool}:v1").Ok();
        Tool("push", "--tls-verify=false", "--format", "v2s2", $"{registry.Host}/from:v1", $"docker://{registry.Host}/to/{tool}:docker").Ok();
        Assert.Contains("\"docker\"", Run("skopeo", "list-tags", "--tls-verify=false", $"docker://{registry.Host}/to/{tool}").Ok().Out);
        Tool("rmi", "-a", "-f").Ok();
        Tool("pull", "--tls-verify=false", $"{registry.Host}/to/{tool}:docker").Ok();
    }

    [Fact]
    public void Manifest_Commands_SayWhatDockersSay()
    {
        using var registry = new RegistryProcess();
        string host = registry.Host;
        foreach (string format in new[] { "v2s2", "oci" })
        {
            Run("skopeo", "copy", "-f", format, "--dest-tls-verify=false", "docker-archive:" + Repository.TestImage("busybox"), $"docker://{host}/team/{format}:v1").Ok();
        }

        string[][] script =
        [
            ["inspect", $"{host}/team/oci:v1"],
            ["inspect", "--insecure", $"{host}/team/oci:v1"],
            ["inspect", "--insecure", "-v", $"{host}/team/v2s2:v1"],
            ["inspect", "--insecure", $"{host}/team/none:v1"],
            ["create", "--insecure", $"{host}/list:v1", $"{host}/team/v2s2:v1", $"{host}/team/oci:v1"],
            ["create", "--insecure", $"{host}/list:v1", $"{host}/team/v2s2:v1"],
            ["annotate", $"{host}/list:v1", $"{host}/team/v2s2:v1", "--arch", "arm64", "--variant", "v8", "--os-version", "1", "--os-features", "a,b"],
            ["annotate", $"{host}/list:v1", $"{host}/team/v2s2:v1", "--arch", "bogus"],
            ["annotate", $"{host}/list:v1", $"{host}/team/none:v1", "--arch", "arm64"],
            ["inspect", $"{host}/list:v1"],
            ["inspect", "-v", $"{host}/list:v1"],
            ["inspect", $"{host}/list:v1", $"{host}/team/v2s2:v1"],
            ["push", "--insecure", "-p", $"{host}/list:v1"],
            ["inspect", "--insecure", $"{host}/list:v1"],
            ["inspect", "--insecure", "-v", $"{host}/list:v1"],
            ["push", "--insecure", $"{host}/list:v1"],
            ["create", "--insecure", $"{host}/x:v1", $"{host}/list:v1"],
            ["rm", $"{host}/none:v1"],
        ];
        Assert.Equal(Play(ClientPrograms.Of(Client.Docker), script, Path.Combine(registry.Root, "docker")), Play(ClientPrograms.Of(Client.Wharf), script, Path.Combine(registry.Root, "wharf")));
    }

    private static string Play(string program, string[][] script, string config)
    {
        var said = new StringBuilder();
        foreach (string[] words in script)
        {
            CommandResult result = Command.Run(program, ["manifest", .. words], null, new Dictionary<string, string> { ["DOCKER_CONFIG"] = config });
            said.Append($"$ manifest {string.Join(' ', words)}\n{result.Out}{result.Error}[{result.ExitCode}]\n");
        }

        return said.ToString();
    }

    private static CommandResult Run(string program, params string[] arguments) => Command.Run(program, arguments, timeoutSeconds: 180);
}
