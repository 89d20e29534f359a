using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Our registry under the engine with both clients.</summary>
public sealed class EngineRegistryTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Image_PushedAndPulled_Runs(Client client)
    {
        using var registry = new RegistryProcess(Engine);
        string image = $"{registry.Host}/team/app:v1", second = $"{registry.Host}/other/app:v1";
        Run(client, "tag", "busybox", image).Ok();
        CommandResult pushed = Engine.RunWith(client, null, 120, "push", image).Ok();
        Assert.Matches("v1: digest: sha256:[0-9a-f]{64} size: [0-9]+", pushed.Out);
        Assert.Contains("Layer already exists", Engine.RunWith(client, null, 120, "push", image).Ok().Out);
        Run(client, "tag", "busybox", second).Ok();
        Assert.Contains("Mounted from team/app", Engine.RunWith(client, null, 120, "push", second).Ok().Out);
        string digest = pushed.Out.Split("digest: ")[1][..71];
        Run(client, "rmi", image, second).Ok();
        Engine.RunWith(client, null, 120, "pull", image).Ok();
        Assert.Equal("hello", Run(client, "run", "--rm", image, "echo", "hello").Ok().Text);
        Engine.RunWith(client, null, 120, "pull", $"{registry.Host}/other/app@{digest}").Ok();
        Engine.RunWith(client, null, 120, "pull", $"{registry.Host}/team/app:none").Fails(1, "not found");
        Run(client, "rmi", image, $"{registry.Host}/other/app@{digest}").Ok();
    }

    [Theory]
    [InlineData(Client.Docker, false)]
    [InlineData(Client.Wharf, false)]
    [InlineData(Client.Docker, true)]
    [InlineData(Client.Wharf, true)]
    public void Login_IsNeededWhereUsersAre(Client client, bool tokens)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-e2e-users-").FullName;
        File.WriteAllText(Path.Combine(folder, "users"), Command.Run("htpasswd", ["-Bbn", "bob", "secret"]).Ok().Out);
        File.WriteAllText(Path.Combine(folder, "access"), """
            { "rules": [ { "users": ["anonymous", "*"], "repositories": ["public/**"], "actions": ["pull"] },
                         { "users": ["bob"], "repositories": ["bob/**", "public/**"], "actions": ["pull", "push"] } ] }
            """);
        string[] flags = ["--htpasswd", Path.Combine(folder, "users"), "--access", Path.Combine(folder, "access")];
        using var registry = new RegistryProcess(Engine, tokens ? [.. flags, "--issue-tokens"] : flags);
        string own = $"{registry.Host}/bob/app:v1", open = $"{registry.Host}/public/app:v1", foreign = $"{registry.Host}/alice/app:v1";
        foreach (string image in new[] { own, open, foreign })
        {
            Run(client, "tag", "busybox", image).Ok();
        }

        Assert.NotEqual(0, Engine.RunWith(client, null, 120, "push", own).ExitCode);
        Engine.RunWith(client, "wrong", 60, "login", "-u", "bob", "--password-stdin", registry.Host).Fails(1);
        Assert.Contains("Login Succeeded", Engine.RunWith(client, "secret", 60, "login", "-u", "bob", "--password-stdin", registry.Host).Ok().Out);
        Engine.RunWith(client, null, 120, "push", own).Ok();
        Engine.RunWith(client, null, 120, "push", open).Ok();
        Engine.RunWith(client, null, 120, "push", foreign).Fails(1, "denied");
        Run(client, "logout", registry.Host).Ok();
        Run(client, "rmi", own, open, foreign).Ok();
        Engine.RunWith(client, null, 120, "pull", open).Ok();
        Engine.RunWith(client, null, 120, "pull", own).Fails(1);
        Run(client, "rmi", open).Ok();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void RegistryImage_RunsAsAContainer_LikeDockersOwn()
    {
        using var engine = new Engine();
        engine.RunWith(Client.Wharf, null, 120, "registry", "image").Ok();
        engine.RunWith(Client.Docker, null, 120, "run", "-d", "--name", "registry", "-p", "5000:5000", "-v", "registry:/var/lib/registry", "-e", "REGISTRY_STORAGE_DELETE_ENABLED=true", "registry:2").Ok();
        engine.Load("busybox");
        engine.Run(Client.Docker, "tag", "busybox", "localhost:5000/app").Ok();
        Patience.Until(Answers, "the registry answers");
        engine.RunWith(Client.Docker, null, 120, "push", "localhost:5000/app").Ok();
        Assert.Equal("{\"repositories\":[\"app\"]}", engine.OnHost("curl", "-sf", "http://localhost:5000/v2/_catalog").Ok().Text);
        Assert.Contains("level=info", engine.Run(Client.Docker, "logs", "registry").Ok().Error);
        engine.RunWith(Client.Docker, null, 60, "restart", "registry").Ok();
        engine.Run(Client.Docker, "rmi", "localhost:5000/app").Ok();
        Patience.Until(Answers, "the registry answers again");
        engine.RunWith(Client.Docker, null, 120, "pull", "localhost:5000/app").Ok();

        bool Answers() => engine.OnHost("curl", "-sf", "http://localhost:5000/v2/").ExitCode == 0;
    }

    [Fact]
    public void TrustPolicy_DecidesWhatIsPulledAndRun()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-e2e-trust-").FullName;
        string policy = Path.Combine(folder, "policy.json");
        File.WriteAllText(policy, $$"""
            { "default": [ { "type": "insecureAcceptAnything" } ],
              "transports": { "docker": { "bad.example": [ { "type": "reject" } ], "127.0.0.1:5999/signed": [ { "type": "sigstoreSigned", "keyPath": "{{folder}}/key.pub" } ] } } }
            """);
        Command.Run("openssl", ["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", $"{folder}/key.pem"]).Ok();
        Command.Run("openssl", ["ec", "-in", $"{folder}/key.pem", "-pubout", "-out", $"{folder}/key.pub"]).Ok();
        using var engine = new Engine("--trust-policy", policy);
        engine.Load("busybox");
        engine.Run(Client.Wharf, "tag", "busybox", "bad.example/x").Ok();
        engine.Run(Client.Wharf, "tag", "busybox", "127.0.0.1:5999/signed/x").Ok();
        engine.Run(Client.Wharf, "run", "--rm", "busybox", "true").Ok();
        engine.Run(Client.Wharf, "run", "--rm", "bad.example/x", "true").Fails(125, "bad.example/x:latest is rejected by the trust policy " + policy);
        engine.Run(Client.Docker, "pull", "bad.example/y").Fails(1, "rejected by the trust policy");
        engine.Run(Client.Docker, "run", "--rm", "127.0.0.1:5999/signed/x", "true").Fails(125, "was not verified as the trust policy");
        Directory.Delete(folder, recursive: true);
    }
}
