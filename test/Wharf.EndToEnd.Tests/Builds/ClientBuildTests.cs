using System.Diagnostics;
using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Builds with our client and its own view of them.</summary>
public sealed class ClientBuildTests(SharedEngine shared) : EngineTest(shared)
{
    [Fact]
    public void Build_IntoAPipe_TellsStepsPlainly()
    {
        string folder = Context($"FROM busybox\nRUN echo said-{NewName()}\nENV A=b\nRUN true\n");
        CommandResult first = Build("--no-cache", folder).Ok();
        Assert.Matches(@"#\d+ \[2/3\] RUN echo said-", first.Error);
        Assert.Matches(@"#\d+ \d+\.\d{3} said-", first.Error);
        Assert.Matches(@"#\d+ DONE \d+\.\ds", first.Error);
        Assert.DoesNotContain("ENV A=b", first.Error);
        Assert.DoesNotContain("Step 1/", first.Error + first.Out);
        Build(folder).Ok();
        Assert.Contains("CACHED", Build(folder).Ok().Error);
    }

    [Fact]
    public void Build_ThatFails_ShowsOutputPlaceAndCode_AndLeavesNothing()
    {
        string mark = NewName(), folder = Context($"FROM busybox\nRUN echo {mark} && exit 7\n");
        Build(folder).Fails(7, mark, "Dockerfile:2", ">>> RUN", "^~~", "returned a non-zero code: 7");
        Assert.DoesNotContain(mark, Run(Client.Wharf, "ps", "-a", "--no-trunc", "--format", "{{.Command}}").Ok().Out);
    }

    [Fact]
    public void Build_OnATerminal_IsDrawnAndInterrupted()
    {
        string folder = Context("FROM busybox\nRUN echo sleeping; sleep 1000\n");
        using var terminal = new PseudoTerminal(Repository.Program("wharf"), ["build", "--no-cache", folder], Environment(), columns: 60);
        terminal.Expect("# sleeping");
        Assert.Contains("[+] Building", terminal.Screen);
        terminal.Resize(24, 40);
        terminal.Type("\u0003");
        terminal.Expect("CANCELED");
        terminal.End();
        Eventually(() => !Run(Client.Wharf, "ps", "-a", "--no-trunc", "--format", "{{.Command}}").Ok().Out.Contains("sleep 1000", StringComparison.Ordinal), "the step is gone");
    }

    [Fact]
    public void IndependentStages_RunSideBySide()
    {
        string folder = Context("FROM busybox AS a\nRUN sleep 3; touch /a\nFROM busybox AS b\nRUN sleep 3; touch /b\nFROM busybox\nCOPY --from=a /a /\nCOPY --from=b /b /\n");
        var watch = Stopwatch.StartNew();
        string said = Build("--no-cache", folder).Ok().Error;
        Assert.Contains("[a 2/2] RUN", said);
        Assert.Contains("[b 2/2] RUN", said);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public void Quiet_IdFileAndMetadata_AgreeOnTheImage()
    {
        string name = NewName(), folder = Context("FROM busybox\nLABEL a=b\n"), idFile = Path.Combine(folder, "id"), metadata = Path.Combine(folder, "metadata");
        string id = Build("-q", "-t", name, "--iidfile", idFile, "--metadata-file", metadata, folder).Ok().Text;
        Assert.Equal(id, File.ReadAllText(idFile));
        Assert.Equal(id, Run(Client.Docker, "image", "inspect", "-f", "{{.Id}}", name).Ok().Text);
        using var document = JsonDocument.Parse(File.ReadAllText(metadata));
        Assert.Equal(id, document.RootElement.GetProperty("containerimage.config.digest").GetString());
        Assert.Equal($"docker.io/library/{name}:latest", document.RootElement.GetProperty("image.name").GetString());
        Run(Client.Docker, "rmi", name).Ok();
    }

    [Fact]
    public void Outputs_AsFolderAndTar_HoldTheImagesFiles()
    {
        string folder = Context("FROM scratch\nCOPY Dockerfile /sub/file\n"), into = Path.Combine(folder, "into"), tar = Path.Combine(folder, "out.tar");
        Build("-o", into, "-o", $"type=tar,dest={tar}", "-o", $"type=local,dest={into}2,platform-split=true", folder).Ok();
        Assert.Equal(["sub", "sub/file"], Directory.EnumerateFileSystemEntries(into, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(into, p)).Order());
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "Dockerfile")), File.ReadAllText(Path.Combine(into, "sub/file")));
        Assert.True(File.Exists(Path.Combine(into + "2", "linux_amd64", "sub", "file")));
        Assert.Equal(["sub/", "sub/file"], Command.Run("tar", ["-tf", tar]).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Outputs_AsArchives_AreLoadedAgain()
    {
        string name = NewName(), folder = Context($"FROM busybox\nRUN echo {name} > /it\n"), tar = Path.Combine(folder, "image.tar"), layout = Path.Combine(folder, "layout");
        Build("-t", name, "-o", $"type=docker,dest={tar}", "-o", $"type=oci,dest={layout},tar=false", folder).Ok();
        Run(Client.Docker, "rmi", name).Ok();
        Assert.True(File.Exists(Path.Combine(layout, "oci-layout")));
        Assert.Contains(name, Run(Client.Docker, "load", "-i", tar).Ok().Out);
        Assert.Equal(name, Run(Client.Docker, "run", "--rm", name, "cat", "/it").Ok().Text);
        Run(Client.Docker, "rmi", name).Ok();
    }

    [Fact]
    public void Epoch_WithRewrittenTimes_GivesTheSameImageTwice()
    {
        string name = NewName(), folder = Context("FROM busybox\nRUN mkdir -p /x/y && date > /dev/null && echo a > /x/y/file && ln -s nowhere /x/link\nWORKDIR /new/place\nCOPY Dockerfile .\n");
        string Once() => Build("--no-cache", "-q", "--build-arg", "SOURCE_DATE_EPOCH=1000000000", "-o", $"type=image,name={name},rewrite-timestamp=true", folder).Ok().Text;
        string first = Once();
        Thread.Sleep(1100);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "Dockerfile"), DateTime.UtcNow);
        Assert.Equal(first, Once());
        Assert.StartsWith("2001-09-09T01:46:40", Run(Client.Docker, "image", "inspect", "-f", "{{.Created}}", name).Ok().Text);
        Assert.Equal("1000000000 1000000000", Run(Client.Docker, "run", "--rm", name, "stat", "-c", "%Y", "/x/y/file", "/new/place/Dockerfile").Ok().Text.Replace('\n', ' '));
        Run(Client.Docker, "rmi", name).Ok();
        Build("-o", "type=image,rewrite-timestamp=true", folder).Fails(1, "rewrite-timestamp needs a time");
    }

    [Fact]
    public void Shell_OfAFailedStep_ShowsWhatItLeft()
    {
        string folder = Context("FROM busybox\nWORKDIR /w\nRUN echo evidence > left && exit 9\n");
        using var terminal = new PseudoTerminal(Repository.Program("wharf"), ["build", "--on-error=shell", "--progress=plain", folder], Environment());
        terminal.Expect("exit to end the build");
        terminal.Expect("#");
        terminal.Type("cat left; pwd; exit\n");
        terminal.Expect("evidence\r\n/w");
        Assert.Equal(9, terminal.End());
    }

    private CommandResult Build(params string[] arguments) => Command.Run(Repository.Program("wharf"), ["build", .. arguments], "", Environment(), 120);

    /// <summary>Without what the harness sets for the stock client.</summary>
    private Dictionary<string, string> Environment() => new(Engine.ClientEnvironment()) { ["DOCKER_BUILDKIT"] = "1" };

    private string Context(string dockerfile)
    {
        string folder = Path.Combine(Engine.Root, "context-" + NewName());
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Dockerfile"), dockerfile);
        return folder;
    }
}
