using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

/// <summary>What config.json and the environment tell a client; each holds for both.</summary>
public sealed class ClientConfigurationTests(SharedEngine shared) : EngineTest(shared)
{
    private CommandResult With(Client client, string config, string[] arguments, params (string Name, string Value)[] variables)
    {
        string folder = Path.Combine(Engine.Root, "config-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.Replace("FOLDER", folder, StringComparison.Ordinal));
        var environment = Engine.ClientEnvironment();
        environment["DOCKER_CONFIG"] = folder;
        foreach ((string name, string value) in variables)
        {
            environment[name] = value.Replace("FOLDER", folder, StringComparison.Ordinal);
        }

        if (Directory.Exists(Path.Combine(Engine.Root, "plugins")))
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "cli-plugins"), Path.Combine(Engine.Root, "plugins"));
        }

        return Command.Run(ClientPrograms.Of(client), arguments, environment: environment);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Formats_AreTheDefaultsOfLists(Client client)
    {
        string name = NewName();
        Run(client, "create", "--name", name, "busybox").Ok();
        Assert.Equal(name, With(client, """{"psFormat":"{{.Names}}"}""", ["ps", "-a", "--filter", "name=" + name]).Ok().Text);
        Assert.Contains("busybox|latest", With(client, """{"imagesFormat":"{{.Repository}}|{{.Tag}}"}""", ["images"]).Ok().Text);
        Assert.Contains("bridge!", With(client, """{"networksFormat":"{{.Name}}!"}""", ["network", "ls"]).Ok().Text);
        Assert.Equal("", With(client, """{"volumesFormat":"{{.Name}}!"}""", ["volume", "ls", "--filter", "name=" + name]).Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Proxies_BecomeVariablesOfContainers(Client client)
    {
        const string config = """{"proxies":{"default":{"httpProxy":"http://proxy:1","noProxy":"quay.example"}}}""";
        string text = With(client, config, ["run", "--rm", "-e", "NO_PROXY=mine", "busybox", "env"]).Ok().Out;
        Assert.Contains("HTTP_PROXY=http://proxy:1\n", text);
        Assert.Contains("http_proxy=http://proxy:1\n", text);
        Assert.Contains("no_proxy=quay.example\n", text);
        Assert.Contains("NO_PROXY=mine\n", text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void DetachKeys_OfTheConfiguration_AreUsed(Client client)
    {
        string name = NewName(), folder = Path.Combine(Engine.Root, "keys-" + client);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"detachKeys":"ctrl-e,x"}""");
        var environment = Engine.ClientEnvironment();
        environment["DOCKER_CONFIG"] = folder;
        using var terminal = new PseudoTerminal(ClientPrograms.Of(client), ["run", "-it", "--name", name, "busybox", "sh"], environment);
        terminal.Type("echo a$((1+1))b\n");
        terminal.Expect("a2b");
        terminal.Type("\u0005x");
        Assert.Equal(0, terminal.End());
        Assert.Equal("running", Inspect(name, "{{.State.Status}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Plugins_AreCommandsOfTheClient(Client client)
    {
        string folder = Path.Combine(Engine.Root, "plugins");
        Directory.CreateDirectory(folder);
        string plugin = Path.Combine(folder, "docker-crane");
        File.WriteAllText(plugin, """
            #!/bin/sh
            if [ "$1" = docker-cli-plugin-metadata ]; then
              echo '{"SchemaVersion":"0.1.0","Vendor":"Quay Works","Version":"v3","ShortDescription":"Lifts containers"}'
              exit 0
            fi
            echo "crane got: $*"
            exit 7
            """);
        File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var run = With(client, "{}", ["crane", "--high", "up"]).Fails(7);
        Assert.Equal("crane got: crane --high up", run.Text);
        Assert.Contains("crane*", With(client, "{}", ["--help"]).Ok().Out);
        Assert.Contains("Lifts containers", With(client, "{}", ["--help"]).Ok().Out);
        Assert.Contains("crane: Lifts containers (Quay Works)", With(client, "{}", ["info"]).Ok().Out);
        Assert.Equal("crane v3", With(client, "{}", ["info", "-f", "{{range .ClientInfo.Plugins}}{{.Name}} {{.Version}}{{end}}"]).Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void HttpHeaders_AndWrongFiles(Client client)
    {
        With(client, """{"HttpHeaders":{"X-Quay":"7"}}""", ["ps"]).Ok();
        Assert.Contains("config.json", With(client, "not json", ["ps"]).Error);
        With(client, """{"aliases":{"ps":"images"}}""", ["ps"]).Fails(1, "not allowed to alias");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Contexts_NameEngines(Client client)
    {
        string folder = Path.Combine(Engine.Root, "contexts-" + client);
        var environment = Engine.ClientEnvironment();
        environment["DOCKER_CONFIG"] = folder;
        environment["DOCKER_HOST"] = "";
        CommandResult Do(params string[] arguments) => Command.Run(ClientPrograms.Of(client), arguments, environment: environment);
        Do("context", "create", "pier", "--description", "The pier", "--docker", "host=unix://" + Engine.Socket).Ok();
        Assert.Contains("pier", Do("context", "ls", "-q").Ok().Out);
        Do("--context", "pier", "ps").Ok();
        Do("context", "use", "pier").Ok();
        Assert.Equal("pier", Do("context", "show").Ok().Text);
        Assert.Equal("1.55", Do("version", "-f", "{{.Server.APIVersion}}").Ok().Text);
        Assert.Equal("unix://" + Engine.Socket, Do("context", "inspect", "pier", "-f", "{{.Endpoints.docker.Host}}").Ok().Text);
        string file = Path.Combine(Engine.Root, "pier-" + client + ".tar");
        Do("context", "export", "pier", file).Ok();
        Do("context", "import", "copy", file).Ok();
        Do("context", "update", "copy", "--description", "other").Ok();
        Assert.Contains("\"Description\": \"other\"", Do("context", "inspect", "copy").Ok().Text);
        Do("context", "rm", "pier").Fails(1, "pier");
        Do("context", "use", "default").Ok();
        Do("context", "rm", "pier", "copy").Ok();
        Do("--context", "pier", "ps").Fails(1, "context \"pier\"");
        string zip = Path.Combine(Engine.Root, "pier-" + client + ".zip");
        Command.Run("python3", ["-c", $$$"""
            import zipfile
            z = zipfile.ZipFile("{{{zip}}}", "w")
            z.writestr("meta.json", '{"Name":"pier","Metadata":{"Description":"zipped"},"Endpoints":{"docker":{"Host":"unix://{{{Engine.Socket}}}","SkipTLSVerify":false} } }')
            z.close()
            """]).Ok();
        Do("context", "import", "zipped", zip).Ok();
        Do("--context", "zipped", "ps").Ok();
        Assert.Contains("\"Description\": \"zipped\"", Do("context", "inspect", "zipped").Ok().Text);
    }

    [Fact]
    public void LegacyCommands_CanBeHidden()
    {
        foreach (var client in Enum.GetValues<Client>())
        {
            var shown = With(client, "{}", ["--help"]).Ok();
            var hidden = With(client, "{}", ["--help"], ("DOCKER_HIDE_LEGACY_COMMANDS", "1")).Ok();
            Assert.Contains("\n  rmi ", shown.Out);
            Assert.DoesNotContain("\n  rmi ", hidden.Out);
            Assert.Contains("\n  container ", hidden.Out);
        }
    }
}
