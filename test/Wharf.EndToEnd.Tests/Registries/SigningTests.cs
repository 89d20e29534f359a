using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Images signed by our client, in our registry (which lists referrers) and in Debian's (which does not), under an engine that asks for signatures.</summary>
public sealed class SigningTests
{
    private const string Policy = """
        { "default": [ { "type": "insecureAcceptAnything" } ], "transports": { "docker": { "HOST": [ { "type": "sigstoreSigned", "keyPath": "FOLDER/key.pub" } ] } } }
        """;

    [Theory]
    [InlineData("ecdsa-p256", true)]
    [InlineData("ed25519", true)]
    [InlineData("ecdsa-p256", false)]
    [InlineData("ed25519", false)]
    public void SignedImage_IsPulled_AnUnsignedOneIsNot(string type, bool ours)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-e2e-sign-").FullName;
        using RegistryProcess? own = ours ? new RegistryProcess() : null;
        using DebianRegistry? theirs = ours ? null : DebianRegistry.OnHost();
        string host = own?.Host ?? theirs!.Host, image = $"{host}/team/app:v1";
        Run("skopeo", "copy", "-q", "--dest-tls-verify=false", "docker-archive:" + Repository.TestImage("busybox"), "docker://" + image).Ok();
        Run("skopeo", "copy", "-q", "--dest-tls-verify=false", "docker-archive:" + Repository.TestImage("busybox"), $"docker://{host}/team/unsigned:v1").Ok();

        Wharf("trust", "keygen", "--type", type, $"{folder}/key").Ok();
        Wharf("trust", "keygen", $"{folder}/key").Fails(1, "key.key");
        Wharf("trust", "keygen", $"{folder}/other").Ok();
        Assert.Equal("600", Run("stat", "-c", "%a", $"{folder}/key.key").Text);
        Wharf("trust", "verify", "--insecure", "--key", $"{folder}/key.pub", image).Fails(1, "has no signature");
        Assert.StartsWith($"Signed {image} (sha256:", Wharf("trust", "sign", "--insecure", "--key", $"{folder}/other.key", image).Ok().Out);
        Wharf("trust", "verify", "--insecure", "--key", $"{folder}/key.pub", image).Fails(1, "has no signature that fits: it is by none of the keys");
        Wharf("trust", "sign", "--insecure", "--key", $"{folder}/key.key", image).Ok();
        Assert.Contains("is signed by this key", Wharf("trust", "verify", "--insecure", "--key", $"{folder}/key.pub", image).Ok().Out);
        Wharf("trust", "verify", "--insecure", "--key", $"{folder}/other.pub", image).Ok();

        File.WriteAllText($"{folder}/policy.json", Policy.Replace("HOST", host, StringComparison.Ordinal).Replace("FOLDER", folder, StringComparison.Ordinal));
        Pull(folder, image, signed: true);
        Pull(folder, $"{host}/team/unsigned:v1", signed: false);

        // cosign's tag alone, and the list of referrers alone, are each enough
        string digest = Run("skopeo", "inspect", "--tls-verify=false", "-f", "{{.Digest}}", "docker://" + image).Ok().Text.Replace(':', '-');
        string signature = Run("skopeo", "inspect", "--tls-verify=false", "-f", "{{.Digest}}", $"docker://{host}/team/app:{digest}.sig").Ok().Text;
        string list = Run("curl", "-s", $"http://{host}/v2/team/app/referrers/{digest.Replace('-', ':')}").Text;
        Assert.Equal(ours, list.Contains(signature, StringComparison.Ordinal));
        Assert.Contains(signature, ours ? list : Run("curl", "-sf", "-H", "Accept: application/vnd.oci.image.index.v1+json", $"http://{host}/v2/team/app/manifests/{digest}").Ok().Out);
        if (ours)
        {
            Run("curl", "-sf", "-X", "DELETE", $"http://{host}/v2/team/app/manifests/{digest}.sig").Ok();
            Pull(folder, image, signed: true);
            Wharf("trust", "verify", "--insecure", "--key", $"{folder}/key.pub", image).Ok();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void ContentTrustOfNotary_IsRefusedWithAWayOn()
    {
        CommandResult pulled = Command.Run(ClientPrograms.Of(Client.Wharf), ["pull", "busybox"], null, new Dictionary<string, string> { ["DOCKER_CONTENT_TRUST"] = "1" });
        pulled.Fails(125, "content trust is not supported by this client", "trust policy of the engine");
    }

    private static void Pull(string folder, string image, bool signed)
    {
        string root = Directory.CreateDirectory(Path.Combine(folder, "d" + Guid.NewGuid().ToString("N")[..6])).FullName, socket = root + "/d.sock";
        // in the host's network namespace, where the registries are; it makes no network and starts nothing
        using Process daemon = Command.Start(Repository.Program("wharfd"),
            ["--data-root", root + "/data", "--exec-root", root + "/exec", "--pidfile", root + "/pid", "-H", "unix://" + socket, "--bridge", "none", "--iptables=false", "--trust-policy", folder + "/policy.json"]);
        var said = daemon.StandardError.ReadToEndAsync();
        try
        {
            Patience.Until(() => daemon.HasExited || Run("curl", "-sf", "--unix-socket", socket, "http://d/_ping").ExitCode == 0, "the daemon answers");
            CommandResult pulled = Command.Run(ClientPrograms.Of(Client.Docker), ["-H", "unix://" + socket, "pull", image], timeoutSeconds: 180);
            _ = signed ? pulled.Ok() : pulled.Fails(1, "is not signed as the trust policy");
            if (signed)
            {
                string identity = Run("curl", "-sf", "--unix-socket", socket, $"http://d/v1.55/images/{image}/json").Ok().Out;
                Assert.Contains($$"""
                    "DockerReference":"{{image[..image.LastIndexOf(':')]}}"
                    """, identity);
            }
        }
        finally
        {
            Command.Run("kill", ["-TERM", daemon.Id.ToString()]);
            Assert.True(daemon.WaitForExit(TimeSpan.FromSeconds(60)), "the daemon did not end");
            said.GetAwaiter().GetResult();
        }
    }

    private static CommandResult Wharf(params string[] arguments) => Run(ClientPrograms.Of(Client.Wharf), arguments);

    private static CommandResult Run(string program, params string[] arguments) => Command.Run(program, arguments, timeoutSeconds: 180);
}
