using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenarios S5.1, S5.5, S5.9 and S5.10: what each instruction does, with both clients.</summary>
public sealed class InstructionTests(SharedEngine shared) : BuildTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void EveryConfigInstruction_ArrivesInTheImage(Client client)
    {
        string image = NewImage();
        BuildText(client, """
            # escape=`
            FROM busybox:latest AS one
            maintainer Some Body
            LABEL a=b "c d"="e f"
            ENV A=1 B="two words" C=z` w
            ENV old a value with $A
            ARG VER=3
            EXPOSE 80 8080-8081/tcp 53/udp
            WORKDIR /app
            WORKDIR rel
            WORKDIR ../x
            USER 33:33
            VOLUME /data /d2
            VOLUME ["/d3"]
            STOPSIGNAL SIGUSR1
            HEALTHCHECK --interval=5m --timeout=3s --start-interval=2s --retries=2 CMD true `
              # comment within
              || exit 1
            SHELL ["/bin/sh", "-ec"]
            ENTRYPOINT ["/bin/echo", "x"]
            CMD a b
            ONBUILD RUN echo hi
            """, "-t", image);
        Assert.Equal("""{"a":"b","c d":"e f"}""", ConfigOf(image, "Labels"));
        Assert.Contains("\"A=1\",\"B=two words\",\"C=z w\",\"old=a value with 1\"", ConfigOf(image, "Env"));
        Assert.Equal("""{"53/udp":{},"80/tcp":{},"8080/tcp":{},"8081/tcp":{}}""", ConfigOf(image, "ExposedPorts"));
        Assert.Equal("\"/app/x\"", ConfigOf(image, "WorkingDir"));
        Assert.Equal("\"33:33\"", ConfigOf(image, "User"));
        Assert.Contains("\"/d3\":{}", ConfigOf(image, "Volumes"));
        Assert.Equal("\"SIGUSR1\"", ConfigOf(image, "StopSignal"));
        Assert.Contains("\"Interval\":300000000000,\"Timeout\":3000000000,\"StartInterval\":2000000000,\"Retries\":2", ConfigOf(image, "Healthcheck").Replace("\"StartPeriod\":0,", "", StringComparison.Ordinal));
        Assert.Equal("""["/bin/sh","-ec","a b"]""", ConfigOf(image, "Cmd"));
        Assert.Equal("""["RUN echo hi"]""", ConfigOf(image, "OnBuild"));
        Assert.Equal("Some Body", ImageJson(image).GetProperty("Author").GetString());
    }

    [Fact]
    public void Copy_IntoFoldersOldAndNew_IsSeenByTheStepsAfterIt()
    {
        string image = NewImage();
        using var folder = new BuildFolder("""
            FROM busybox
            RUN mkdir -p /real /old/in && ln -s /real /link && echo old >/old/in/f1 && echo old >/old/in/kept && mkdir /gone && echo no >/gone/file && rm -r /gone
            COPY one /new
            COPY one two /both/
            COPY one /link/deep
            COPY one /old
            COPY one /gone
            RUN cat /new/in/f1 /both/in/f1 /both/in/f2 /real/deep/in/f1 /link/deep/in/f1 /old/in/f1 /old/in/kept | tr '\n' ' ' >/seen; ls -R /gone >>/seen; stat -c %a:%u /new/in /new/in/f1 >>/seen
            """).Write("one/in/f1", "one\n").Write("two/in/f1", "two\n").Write("two/in/f2", "more\n");
        Build(Client.Wharf, folder, "-t", image).Ok();
        Assert.Equal("one two more one one one old /gone:\nin\n\n/gone/in:\nf1\n755:0\n644:0", InImage(image, "cat /seen"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Copy_EveryForm_PlacesModesOwnersAndLinks(Client client)
    {
        string image = NewImage();
        using var folder = new BuildFolder("""
            FROM busybox
            COPY a.txt /a.txt
            COPY a.txt b.txt /dir/
            COPY sub /dst
            COPY *.txt /wild/
            COPY ["a b", "/json/"]
            COPY --chown=33:33 sub /own
            COPY --chown=www-data:users --chmod=751 a.txt /own2/
            COPY --chmod=u=rwx,go=r a.txt /sym
            COPY --parents sub/./deep/d.txt /par/
            COPY --exclude=**/*.txt sub /exc/
            COPY --link sub/c /linked/
            WORKDIR /w
            COPY a.txt .
            """);
        folder.Write("a.txt", "a").Write("b.txt", "b", 0b110_000_000).Write("a b", "ab").Write("sub/c", "c", 0b111_101_101).Write("sub/deep/d.txt", "d").Link("sub/l", "../a.txt");
        Build(client, folder, "-t", image).Ok();
        string found = InImage(image, "for f in /a.txt /dir/b.txt /dst/c /dst/deep/d.txt '/json/a b' /own/deep/d.txt /own2/a.txt /sym /par/deep/d.txt /exc/c /linked/c /w/a.txt; do stat -c '%n %a %u:%g' \"$f\"; done; readlink /dst/l; ls /wild; ls /exc/deep");
        Assert.Equal("""
            /a.txt 644 0:0
            /dir/b.txt 600 0:0
            /dst/c 755 0:0
            /dst/deep/d.txt 644 0:0
            /json/a b 644 0:0
            /own/deep/d.txt 644 33:33
            /own2/a.txt 751 33:100
            /sym 744 0:0
            /par/deep/d.txt 644 0:0
            /exc/c 755 0:0
            /linked/c 755 0:0
            /w/a.txt 644 0:0
            ../a.txt
            a.txt
            b.txt
            """, found);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Add_UnpacksLocalArchivesOfEveryCompression(Client client)
    {
        string image = NewImage();
        using var folder = new BuildFolder("""
            FROM busybox
            ADD t.tar /tar/
            ADD t.tar.gz /gz
            ADD t.tar.bz2 /bz2/
            ADD t.tar.xz /xz/
            ADD t.tar.zst /zst/
            ADD --unpack=false t.tar.gz /kept/
            COPY t.tar.gz /copied/
            ADD plain.gz /plain/
            """);
        folder.Write("in/file", "content").Shell("tar cf t.tar -C in . && gzip -k t.tar && bzip2 -k t.tar && xz -k t.tar && zstd -q t.tar && echo x | gzip > plain.gz");
        Build(client, folder, "-t", image).Ok();
        Assert.Equal("content content content content content /copied/t.tar.gz /kept/t.tar.gz /plain/plain.gz",
            InImage(image, "echo $(cat /tar/file) $(cat /gz/file) $(cat /bz2/file) $(cat /xz/file) $(cat /zst/file) $(ls /copied/* /kept/* /plain/*)"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Heredocs_RunCopyAndTriggers(Client client)
    {
        string image = NewImage(), child = NewImage();
        BuildText(client, """
            FROM busybox
            ARG WHO=world
            RUN <<EOT
            echo "one $WHO" > /one
            EOT
            RUN <<'S'
            #!/bin/sh
            echo "script $WHO" > /script
            S
            RUN cat <<A > /a
            first $WHO
            A
            COPY <<F1 <<-"F2" /files/
            hello $WHO "quoted"
            F1
            	raw $WHO
            	F2
            ONBUILD COPY <<T /trigger
            from a trigger
            T
            """, "-t", image);
        Assert.Equal("one world script world first world hello world \"quoted\" raw $WHO", InImage(image, "echo $(cat /one /script /a /files/F1 /files/F2)"));
        BuildText(client, $"FROM {image}\nRUN cat /trigger\n", "-t", child);
        Assert.Equal("from a trigger", InImage(child, "cat /trigger"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Variables_AreExpandedWithEveryOperator(Client client)
    {
        string image = NewImage();
        BuildText(client, """
            ARG BASE=busybox
            FROM ${BASE} AS x
            ARG BASE
            ARG FILE=foo.tar.gz
            ENV a=1
            ENV a=2 b=$a
            LABEL def=${nope:-def} alt=${a:+alt} unset=${a-x} len="$a'q'" lit='$a' esc=\$a pre=${FILE#*.} long=${FILE##*.} suf=${FILE%.*} cut=${FILE%%.*} one=${FILE/o/0} all=${FILE//o/0} base=$BASE b=$b platform=$TARGETPLATFORM
            ARG TARGETPLATFORM
            ARG TARGETARCH
            LABEL os=$TARGETPLATFORM arch=$TARGETARCH
            """, "-t", image, "--build-arg", "FILE=foo.tar.gz");
        var labels = ImageJson(image).GetProperty("Config").GetProperty("Labels");
        (string, string)[] expected =
        [
            ("def", "def"), ("alt", "alt"), ("unset", "2"), ("len", "2'q'"), ("lit", "$a"), ("esc", "$a"), ("pre", "tar.gz"), ("long", "gz"), ("suf", "foo.tar"), ("cut", "foo"),
            ("one", "f0o.tar.gz"), ("all", "f00.tar.gz"), ("base", "busybox"), ("b", "1"), ("platform", ""), ("os", "linux/amd64"), ("arch", "amd64"),
        ];
        Assert.Equal(expected, expected.Select(e => (e.Item1, labels.GetProperty(e.Item1).GetString()!)));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mounts_BindCacheAndTmpfs_LeaveNothingInTheLayer(Client client)
    {
        string image = NewImage(), cache = "c" + Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder($"""
            FROM busybox AS src
            RUN mkdir /s && echo staged > /s/f
            FROM busybox
            RUN --mount=target=/ctx --mount=type=bind,from=src,source=/s,target=/st,rw --mount=type=tmpfs,target=/new/tmp,size=1m --mount=type=cache,id={cache},target=/cache,mode=0700,uid=5 cat /ctx/in /st/f && echo w > /st/g && echo t > /new/tmp/t && echo kept > /cache/k && stat -c %a:%u /cache
            RUN --mount=type=cache,id={cache},target=/other cat /other/k && ! test -e /st && ! test -e /new && ! test -e /cache
            """);
        folder.Write("in", "from context\n");
        string text = Build(client, folder, "-t", image, "--no-cache").Ok().Out;
        Assert.Contains("from context\nstaged\n700:5\n", text);
        Assert.Contains("kept\n", text);
        Assert.Equal("", InImage(image, "ls -d /st /new /cache /ctx /other 2>/dev/null || true"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Run_NetworkNone_HasLoopbackOnly(Client client) =>
        Assert.Contains("\nlo\n", BuildText(client, "FROM busybox\nRUN --network=none ls /sys/class/net\n", "--no-cache"));

    [Theory, MemberData(nameof(Clients))]
    public void Volume_ChangesAfterAreDiscardedAndBeforeAreKept(Client client)
    {
        string image = NewImage();
        BuildText(client, """
            FROM busybox
            RUN mkdir /v && echo before > /v/f && chown 33:33 /v && chmod 700 /v
            VOLUME /v
            RUN echo after > /v/g
            """, "-t", image);
        Assert.Equal("f 700 33:33", InImage(image, "echo $(ls /v) $(stat -c '%a %u:%g' /v)"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Volume_WithoutItsSlash_IsCountedFromTheRoot(Client client)
    {
        string image = NewImage();
        BuildText(client, "FROM busybox\nVOLUME vol/ume\nRUN grep -c ' /vol/ume ' /proc/mounts\n", "-t", image);
        Assert.Equal("{\"vol/ume\":{}}", ConfigOf(image, "Volumes"));
        Assert.Equal("1", InImage(image, "grep -c ' /vol/ume ' /proc/mounts"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void User_IsWhoRuns_AndOwnsTheWorkdirThatIsMade(Client client)
    {
        string text = BuildText(client, "FROM busybox\nUSER www-data\nRUN id -u && id -g\nWORKDIR /made\nRUN stat -c owner=%u /made\n", "--no-cache");
        Assert.Contains("33\n33\n", text);
        Assert.Contains("owner=33\n", text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void EmptyValues_AskForNothing(Client client)
    {
        string image = NewImage();
        BuildText(client, "FROM busybox\nARG NONE\nRUN []\nCOPY --chown=$NONE --chmod=$NONE Dockerfile /a\nCOPY --chown= Dockerfile /b\nHEALTHCHECK CMD [\"a\"]\n", "-t", image);
        Assert.Equal("644 0:0 /a\n644 0:0 /b", InImage(image, "stat -c '%a %u:%g %n' /a /b"));
        Assert.Equal("{\"Test\":[\"CMD\",\"a\"]}", ConfigOf(image, "Healthcheck"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Scratch_WithoutAStep_GivesNoImage(Client client) => Assert.Contains("No image was generated", Failure(client, "FROM scratch\n"));

    // Reference manual, "Understand how CMD and ENTRYPOINT interact".
    [Theory]
    [InlineData("", "CMD [\"echo\", \"C\"]", "C")]
    [InlineData("", "CMD echo C", "C")]
    [InlineData("ENTRYPOINT echo E", "", "E")]
    [InlineData("ENTRYPOINT echo E", "CMD [\"echo\", \"C\"]", "E")]
    [InlineData("ENTRYPOINT echo E", "CMD echo C", "E")]
    [InlineData("ENTRYPOINT [\"echo\", \"E\"]", "", "E")]
    [InlineData("ENTRYPOINT [\"echo\", \"E\"]", "CMD [\"echo\", \"C\"]", "E echo C")]
    [InlineData("ENTRYPOINT [\"echo\", \"E\"]", "CMD echo C", "E /bin/sh -c echo C")]
    [InlineData("CMD [\"lost\"]\nENTRYPOINT [\"echo\", \"E\"]", "CMD [\"kept\"]", "E kept")]
    public void EntrypointAndCmd_Combine(string entrypoint, string cmd, string expected)
    {
        string image = NewImage();
        BuildText(Client.Docker, $"FROM busybox\n{entrypoint}\n{cmd}\n", "-t", image);
        Assert.Equal(expected, Run(Client.Docker, "run", "--rm", "--network", "none", image).Ok().Text);
    }

    [Fact]
    public void EntrypointAndCmd_Neither_IsAnError()
    {
        string image = NewImage();
        BuildText(Client.Docker, "FROM scratch\nLABEL x=y\n", "-t", image);
        Run(Client.Docker, "create", image).Fails(1, "no command specified");
    }
}
