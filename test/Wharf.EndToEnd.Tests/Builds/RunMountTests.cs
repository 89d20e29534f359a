using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>RUN --mount of images and stages, and RUN --device.</summary>
public sealed class RunMountTests(SharedEngine shared) : ClientBuildTest(shared)
{
    [Fact]
    public void BindOfAnImage_ShowsItsFiles_ReadOnlyAndWithoutACopy()
    {
        string image = NewImage(), mark = Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder($"""
            FROM busybox AS made
            RUN mkdir -p /d/e && echo {mark} > /d/e/file && ln -s d/e /way && ln -s /d/e/file /d/link && ln -s ../../../../d /d/up
            FROM busybox
            RUN --mount=from=made,target=/all --mount=from=made,source=/way,target=/way --mount=from=made,source=d/link,target=/one --mount=from=made,source=/d/up,target=/up \
                cat /all/d/e/file /way/file /one /up/e/file > /read && ! touch /all/x 2>/dev/null && ! rm /way/file 2>/dev/null && grep ' /all ' /proc/self/mounts > /how
            RUN --mount=from=busybox,source=/bin,target=/tools /tools/busybox true && test ! -e /all
            """);
        WharfBuild(folder, "--no-cache", "-t", image).Ok();
        Assert.Equal(string.Join('\n', Enumerable.Repeat(mark, 4)), InImage(image, "cat /read"));
        Assert.Equal("no", InImage(image, "test -e /all || test -e /tools || test -e /one || echo no"));
        Assert.Contains("ro,", InImage(image, "cat /how"));
        Assert.Contains("overlay", InImage(image, "cat /how"));
    }

    [Fact]
    public void BindOfAnImage_ThatMayBeWritten_IsACopy()
    {
        using var folder = new BuildFolder("""
            FROM busybox AS made
            RUN mkdir /d && echo a > /d/file
            FROM busybox
            RUN --mount=from=made,source=/d,target=/d,rw echo b > /d/file && echo c > /d/more
            RUN --mount=from=made,source=/d,target=/d test "$(cat /d/file)" = a && test ! -e /d/more
            """);
        WharfBuild(folder, "--no-cache").Ok();
    }

    [Fact]
    public void BindOfAnImage_WithoutTheSource_NamesIt()
    {
        using var folder = new BuildFolder("FROM busybox\nRUN --mount=from=busybox,source=/no/where,target=/x true\n");
        WharfBuild(folder).Fails(1, "the source /no/where of the mount /x was not found in busybox", "Dockerfile:2");
    }

    [Fact]
    public void BindOfAStage_IsCachedByItsFiles()
    {
        string mark = Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder("");
        string Dockerfile(string label, string content) => $"FROM busybox AS made\nRUN echo {content} > /file\nLABEL x={label}\nFROM busybox\nRUN --mount=from=made,target=/m cat /m/file && echo ran-{mark}\n";
        string Ran(string label, string content) => WharfBuild(folder.Write("Dockerfile", Dockerfile(label, content)), "--progress=plain").Ok().Error;
        Assert.Matches($@"\d+\.\d+ ran-{mark}", Ran("1", mark));
        Assert.DoesNotMatch($@"\d+\.\d+ ran-{mark}", Ran("2", mark));
        Assert.Matches($@"\d+\.\d+ ran-{mark}", Ran("2", "other" + mark));
    }

    [Fact]
    public void Device_OfACdiFile_IsInTheStepThatNamesIt_AndOnlyWhenAllowed()
    {
        string specs = Directory.CreateTempSubdirectory("wharf-cdi-").FullName;
        File.WriteAllText(Path.Combine(specs, "vendor.json"), """
            {"cdiVersion":"0.6.0","kind":"vendor.com/thing","devices":[{"name":"one","containerEdits":{"env":["THING=one"],"deviceNodes":[{"path":"/dev/thing","hostPath":"/dev/zero"}]}}]}
            """);
        using var engine = new Engine("--cdi-spec-dir", specs);
        engine.Load("busybox");
        const string Use = "test -c /dev/thing && test \"$THING\" = one && head -c 3 /dev/thing | wc -c";
        using var folder = new BuildFolder($"FROM busybox\nRUN --device=vendor.com/thing=one {Use}\nRUN --device=name=vendor.com/thing=one,required {Use}\nRUN test ! -e /dev/thing && test -z \"$THING\"\nRUN --device=vendor.com/thing=two test ! -e /dev/thing\n");
        WharfBuild(engine, folder).Fails(1, "device");
        WharfBuild(engine, folder, "--allow", "device").Ok();
        folder.Write("Dockerfile", "FROM busybox\nRUN --device=vendor.com/thing=two,required true\n");
        WharfBuild(engine, folder, "--allow", "device").Fails(1, "unresolvable CDI devices vendor.com/thing=two");
        folder.Write("Dockerfile", "FROM busybox\nRUN --device=vendor.com/thing=one,color=red true\n");
        WharfBuild(engine, folder, "--allow", "device").Fails(1, "unexpected key 'color'");
        Directory.Delete(specs, recursive: true);
    }
}
