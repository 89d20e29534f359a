using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenario S5.3 and the parameters of <c>POST /build</c>: what scripts around the classic builder read and set.</summary>
public sealed partial class ClassicOutputTests(SharedEngine shared) : BuildTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Progress_IsDockers(Client client)
    {
        string image = NewImage(), marker = Guid.NewGuid().ToString("N") + "z";
        string file = $"ARG TAG=latest\nFROM busybox:$TAG\nENV M={marker}\nRUN echo out\nCOPY Dockerfile /\n";
        string text = Ids().Replace(BuildText(client, file, "-t", image), "ID");
        Assert.Contains("Sending build context to Docker daemon", text);
        Assert.EndsWith($"""
            Step 1/5 : ARG TAG=latest
            Step 2/5 : FROM busybox:$TAG
             ---> ID
            Step 3/5 : ENV M={marker}
             ---> Running in ID
            Removing intermediate container ID
             ---> ID
            Step 4/5 : RUN echo out
             ---> Running in ID
            out
            Removing intermediate container ID
             ---> ID
            Step 5/5 : COPY Dockerfile /
             ---> ID
            Successfully built ID
            Successfully tagged {image}:latest

            """, text);
        Assert.Equal(3, Count(BuildText(client, file, "-t", image), " ---> Using cache\n"));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("&squash=1", 3)]
    [InlineData("&target=one", 1)]
    [InlineData("&q=1", 0)]
    public void Images_OfStagesAndResult_AreToldToPrograms(string query, int expected)
    {
        using var folder = new BuildFolder("FROM busybox AS one\nRUN echo 1 > /f\nFROM busybox\nCOPY --from=one /f /g\n");
        folder.Shell("tar cf c.tar Dockerfile");
        string[] lines = Command.Run("curl", ["-s", "--unix-socket", Engine.Socket, "-H", "Content-Type: application/x-tar", "--data-binary", "@" + folder["c.tar"], "http://d/build?nocache=1" + query]).Ok()
            .Text.Split('\n');
        var images = lines.Index().Where(l => l.Item.Contains("\"aux\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(expected, images.Count);
        Assert.All(images.Take(2), i => Assert.Contains(IdText().Match(lines[i.Index - 1]).Value, i.Item));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Errors_AreRed(Client client)
    {
        string text = BuildText(client, $"FROM busybox\nRUN echo good; echo {NewImage()} >&2\n", "--no-cache");
        Assert.Matches(" ---> Running in [0-9a-f]{12}\n(good\n)?\u001b\\[91m[^\u001b]+\n\u001b\\[0m(good\n)?", text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Intermediates_AreInTheListAndTheHistory(Client client)
    {
        string image = NewImage();
        BuildText(client, $"FROM busybox\nENV X={image}\nRUN echo 1 > /f\nCMD [\"x\"]\n", "-t", image);
        var history = Run(Client.Docker, "history", "--no-trunc", "--format", "{{.ID}} {{.CreatedBy}}", image).Ok().Text.Split('\n');
        Assert.Equal("/bin/sh -c #(nop)  CMD [\"x\"]", history[0][72..]);
        Assert.Equal("/bin/sh -c echo 1 > /f", history[1][72..]);
        string all = Run(Client.Docker, "images", "-aq", "--no-trunc").Ok().Out, named = Run(Client.Docker, "images", "-q", "--no-trunc").Ok().Out;
        foreach (string line in history.Skip(1).Take(2))
        {
            Assert.Contains(line[..71], all);
            Assert.DoesNotContain(line[..71], named);
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public void Quiet_PrintsTheIdAlone_AndIidfileHoldsIt(Client client)
    {
        using var folder = new BuildFolder("FROM busybox\nLABEL q=q\n");
        string id = Build(client, folder, "-q", "--iidfile", folder["id"]).Ok().Text;
        Assert.Matches("^sha256:[0-9a-f]{64}$", id);
        Assert.Equal(id, File.ReadAllText(folder["id"]).Trim());
    }

    [Fact]
    public void Quiet_ThatFails_ShowsWhatItWithheld() => Assert.Contains("whispered", Failure(Client.Docker, "FROM busybox\nRUN echo whispered && exit 1\n", "-q", "--force-rm"));

    [Theory, MemberData(nameof(Clients))]
    public void Parameters_ReachTheStepsAndTheImage(Client client)
    {
        string image = NewImage();
        string text = BuildText(client, "FROM busybox AS one\nLABEL stage=one\nFROM one AS two\nARG V\nRUN echo v=$V && ulimit -n && grep ' /dev/shm ' /proc/mounts && grep extra /etc/hosts && cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true\nFROM busybox\nRUN exit 9\n",
            "-t", image, "--target", "two", "--build-arg", "V=7", "--label", "l=with $dollar", "--add-host", "extra:10.1.2.3", "--shm-size", "8m", "--ulimit", "nofile=99:99", "--memory", "96m", "--network", "none", "--no-cache");
        Assert.Contains("v=7\n99\n", text);
        Assert.Contains("size=8192k", text);
        Assert.Matches(@"10\.1\.2\.3\s+extra", text);
        Assert.Contains("100663296\n", text);
        Assert.Equal("""{"l":"with $dollar","stage":"one"}""", ConfigOf(image, "Labels"));
    }

    [Fact]
    public void FailedStep_KeepsItsContainer_UnlessForceRm()
    {
        string marker = "keep" + Guid.NewGuid().ToString("N");
        Failure(Client.Docker, $"FROM busybox\nRUN echo {marker} && exit 1\n", "--force-rm");
        Assert.DoesNotContain(marker, Run(Client.Docker, "ps", "-a", "--no-trunc").Ok().Out);
        Failure(Client.Docker, $"FROM busybox\nRUN echo {marker} > /left && exit 1\n");
        string kept = Run(Client.Docker, "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Command}}").Ok().Text.Split('\n').Single(l => l.Contains(marker, StringComparison.Ordinal)).Split(' ')[0];
        Assert.Contains("A /left", Run(Client.Docker, "diff", kept).Ok().Out);
        Run(Client.Docker, "rm", kept).Ok();
    }

    [Fact]
    public void RemoveOff_KeepsEveryContainer()
    {
        string marker = "rm" + Guid.NewGuid().ToString("N"), image = NewImage();
        Assert.DoesNotContain("Removing intermediate", BuildText(Client.Docker, $"FROM busybox\nRUN echo {marker} > /f\n", "--rm=false", "-t", image));
        string kept = Run(Client.Docker, "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Command}}").Ok().Text.Split('\n').Single(l => l.Contains(marker, StringComparison.Ordinal)).Split(' ')[0];
        Run(Client.Docker, "rm", kept).Ok();
        Assert.Equal(marker, InImage(image, "cat /f"));
    }

    [Fact]
    public void Squash_LeavesOneLayerThatLooksTheSame()
    {
        string plain = NewImage(), squashed = NewImage();
        const string File = "FROM busybox\nRUN echo a > /a && rm /bin/yes && rm -rf /var/www && mkdir /var/www\nRUN rm /a && echo b > /b && mkdir -p /d/e && echo x > /d/e/f\nRUN rm -rf /d && mkdir -m 700 /d && echo y > /d/z && chown 5:6 /d/z\nCMD [\"x\"]\n";
        BuildText(Client.Wharf, File, "-t", plain);
        BuildText(Client.Wharf, File, "-t", squashed, "--squash");
        Assert.Equal(LayersOf("busybox") + 1, LayersOf(squashed));
        Assert.Equal(LayersOf("busybox") + 3, LayersOf(plain));
        const string Look = "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /etc/hostname -o -path /etc/hosts \\) -prune -o -exec stat -c '%n %a %u:%g %F %s' {} + | sort | grep -v ' directory '; stat -c %a /d";
        Assert.Equal(InImage(plain, Look), InImage(squashed, Look));
        Assert.Contains("merge sha256:", Run(Client.Docker, "history", "--no-trunc", squashed).Ok().Out);
        Assert.Equal("[\"x\"]", ConfigOf(squashed, "Cmd"));
    }

    [Fact]
    public void UnsupportedParameter_IsRefusedByName() =>
        Assert.Contains("isolation", Engine.Http("POST /build?isolation=hyperv HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

    [GeneratedRegex("[0-9a-f]{12}")]
    private static partial Regex IdText();

    [GeneratedRegex("[0-9a-f]{12}(?=\n|$)", RegexOptions.Multiline)]
    private static partial Regex Ids();
}
