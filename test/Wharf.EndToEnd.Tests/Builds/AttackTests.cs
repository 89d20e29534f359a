using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Attacks 43 to 53 of the acceptance list, by their names: what hostile Dockerfiles, contexts and repositories must not reach.</summary>
public sealed class AttackTests(SharedEngine shared) : BuildTest(shared)
{
    [Fact]
    public void BldMountSourceLink_LinkAsSource_ShowsOnlyTheStage()
    {
        string text = BuildText(Client.Docker, """
            FROM busybox AS evil
            RUN mkdir /d && ln -s /etc /d/link && ln -s / /root-link && ln -s ../../../../../../.. /up
            FROM busybox
            RUN --mount=from=evil,source=/up,target=/m1 --mount=from=evil,source=/root-link,target=/m2 --mount=from=evil,source=/d/link,target=/m3 ls /m1/etc /m2/etc /m3 && ! grep -q Debian /m1/etc/os-release /m2/etc/os-release /m3/os-release 2>/dev/null && echo confined
            """, "--no-cache");
        Assert.Contains("confined\n", text);
    }

    [Fact]
    public void BldStubCleanup_LinkInPlaceOfAStub_DeletesNothingOutside()
    {
        string victim = Path.Combine(Engine.Root, "victim-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(victim);
        File.WriteAllText(Path.Combine(victim, "empty"), "");
        string image = NewImage();
        BuildText(Client.Docker, $"""
            FROM busybox
            RUN --mount=type=tmpfs,target=/stub/empty/below true; ls -d /stub
            RUN --mount=type=tmpfs,target=/a/b/c mkdir -p /x && ln -s {victim} /x/l && echo kept > /a/b/made
            """, "-t", image, "--no-cache");
        Assert.True(File.Exists(Path.Combine(victim, "empty")));
        Assert.Equal("made", InImage(image, "ls /a/b; ls -d /stub 2>/dev/null; true"));
        Directory.Delete(victim, recursive: true);
    }

    [Fact]
    public void BldCacheSubpathRace_LinkInACache_LeadsNowhere()
    {
        string id = Guid.NewGuid().ToString("N");
        string text = BuildText(Client.Docker, $"""
            FROM busybox AS evil
            RUN mkdir -p /seed && ln -s /etc/passwd /seed/link
            FROM busybox
            RUN --mount=type=cache,id={id},target=/c,from=evil,source=/seed echo overwritten > /c/link; grep -c overwritten /etc/passwd
            """, "--no-cache");
        Assert.Contains("\n1\n", text);
        Assert.DoesNotContain("overwritten", File.ReadAllText("/etc/passwd"));
    }

    [Theory]
    [InlineData("id=../../../../tmp/wharf-escape,target=/c")]
    [InlineData("id=/etc,target=/c")]
    [InlineData("target=/../../../c")]
    public void BldCacheIdTraversal_IsConfined(string mount)
    {
        BuildText(Client.Docker, $"FROM busybox\nRUN --mount=type=cache,{mount} echo x > /c/wharf-traversal-file\n", "--no-cache");
        Assert.False(File.Exists("/etc/wharf-traversal-file"));
        Assert.False(Directory.Exists("/tmp/wharf-escape"));
        Assert.All(Directory.GetDirectories(Path.Combine(Engine.DataRoot, "builder", "cache")), d => Assert.Matches("^[0-9a-f]{64}", Path.GetFileName(d)));
    }

    [Theory]
    [InlineData("type=bind,target=/x,bind-propagation=rshared")]
    [InlineData("type=bind,target=/x,rshared")]
    [InlineData("type=bind,target=/x,z")]
    [InlineData("type=bind,target=/x,U=true")]
    public void BldBindPropagation_IsRejected(string mount) =>
        Assert.Contains("unexpected key", Failure(Client.Docker, $"FROM busybox\nRUN --mount={mount} true\n"));

    [Fact]
    public void BldJobsRace_ParallelStagesFlippingLinks_StayConfined()
    {
        string id = Guid.NewGuid().ToString("N");
        string flip = $"RUN --mount=type=cache,id={id},target=/c for i in $(seq 300); do rm -rf /c/d; ln -s /etc /c/d; rm -f /c/d; mkdir /c/d; done; touch /flip\n";
        string use = $"RUN --mount=type=cache,id={id},target=/c --mount=type=tmpfs,target=/c/d for i in $(seq 50); do echo evil > /c/d/wharf-race-file; done 2>/dev/null; touch /use\n";
        BuildText(Client.Docker, $"FROM busybox AS a\n{flip}FROM busybox AS b\n{use}FROM busybox AS c\n{use}FROM busybox\nCOPY --from=a /flip /\nCOPY --from=b /use /\nCOPY --from=c /use /\n", "--no-cache");
        Assert.False(File.Exists("/etc/wharf-race-file"));
    }

    [Theory]
    [InlineData("--security=insecure", "security.insecure")]
    [InlineData("--network=host", "network.host")]
    [InlineData("--device=vendor.com/x=y", "device")]
    public void BldEntitlement_WithoutAllow_IsRefused(string flag, string entitlement) =>
        Assert.Contains($"was not given the entitlement {entitlement}", Failure(Client.Docker, $"FROM busybox\nRUN {flag} true\n"));

    [Fact]
    public void BldEntitlement_Allowed_StillKeepsTheSandboxOfOtherSteps()
    {
        string text = BuildText(Client.Wharf, "FROM busybox\nRUN --network=host ls /sys/class/net\nRUN grep Seccomp: /proc/self/status; grep CapEff /proc/self/status\n", "--allow", "network.host", "--no-cache");
        Assert.Matches(@"Seccomp:\s+2", text);
        Assert.Contains("00000000a80425fb", text);
    }

    [Fact]
    public void BldFrontendWrite_ForeignFrontend_IsNeverRun() =>
        Assert.Contains("is not supported", Failure(Client.Docker, "# syntax=evil.example/frontend@sha256:0000000000000000000000000000000000000000000000000000000000000000\nFROM busybox\n"));

    [Theory]
    [InlineData("#:../../x", "outside of the repository")]
    [InlineData("#feat:/../../etc", "outside of the repository")]
    [InlineData("#:escape", "is not a directory of the repository")]
    [InlineData("#--upload-pack=touch /tmp/wharf-git-evil", "invalid git reference")]
    [InlineData("?ref=-x", "invalid git reference")]
    public void BldGitSubdir_IsRefused(string fragment, string words)
    {
        using var repository = new GitServer(Engine);
        Engine.RunWith(Client.Wharf, null, 120, "build", repository.Address + fragment).Fails(1, words);
        Assert.False(File.Exists("/tmp/wharf-git-evil"));
    }

    [Fact]
    public void BldGitSubmodule_OfLocalFiles_IsRefused()
    {
        using var repository = new GitServer(Engine, "git config -f .gitmodules submodule.s.path s && git config -f .gitmodules submodule.s.url file:///etc && mkdir s && git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),s");
        Engine.RunWith(Client.Wharf, null, 120, "build", repository.Address).Fails(1, "'file' not allowed");
    }

    [Fact]
    public void BldContextEscape_LinksAndHardLinks_GiveOnlyTheContext()
    {
        string image = NewImage();
        using var folder = new BuildFolder("FROM busybox\nCOPY up/os-release /o1\n");
        folder.Link("up", "/etc").Link("file", "/etc/os-release").Write("d/f", "inside");
        Assert.Contains("file not found in build context", Build(Client.Docker, folder).Error + Build(Client.Docker, folder).Out);
        folder.Write("Dockerfile", "FROM busybox\nCOPY file /o2\n");
        Assert.NotEqual(0, Build(Client.Docker, folder).ExitCode);
        folder.Write("Dockerfile", "FROM busybox\nCOPY . /all/\n").Write(".dockerignore", "d\n!../../etc/os-release\n!d/f\n");
        Build(Client.Docker, folder, "-t", image).Ok();
        Assert.Equal("/etc/os-release inside", InImage(image, "echo $(readlink /all/file) $(cat /all/d/f)"));
    }

    [Theory]
    [InlineData("TarInfo('../escaped')", "members: Dockerfile escaped\\n")]
    [InlineData("TarInfo('a/../../escaped')", "members: Dockerfile escaped\\n")]
    [InlineData("hard('x', '../../../../../../etc/passwd')", "hard link to what is not in it")]
    [InlineData("hard('x', '/etc/passwd')", "hard link to what is not in it")]
    public void BldContextEscape_HostileArchive_ReachesNothingElse(string member, string words)
    {
        using var folder = new BuildFolder("FROM busybox\nCOPY . /all/\nRUN echo members: $(ls /all)\n");
        folder.Write("make.py", $"""
            import tarfile, io
            from tarfile import TarInfo
            def hard(name, target):
                t = TarInfo(name); t.type = tarfile.LNKTYPE; t.linkname = target; return t
            out = tarfile.open('evil.tar', 'w')
            out.add('Dockerfile')
            out.addfile({member})
            out.close()
            """).Shell("python3 make.py");
        var answer = Command.Run("curl", ["-s", "--unix-socket", Engine.Socket, "-H", "Content-Type: application/x-tar", "--data-binary", "@" + folder["evil.tar"], "http://d/build?nocache=1"]);
        Assert.Contains(words, answer.Out);
    }

    [Fact]
    public void BldCachePoison_CraftedHistory_IsNotUsedUnlessNamed()
    {
        string evil = NewImage(), marker = Guid.NewGuid().ToString("N");
        string file = $"FROM busybox\nRUN echo honest {marker} > /f\nCMD [\"x\"]\n";
        Run(Client.Docker, "create", "--name", NewName(), "busybox", "sh", "-c", "true").Ok();
        BuildText(Client.Docker, $"FROM busybox\nRUN echo evil > /f\n", "-t", evil);
        using var folder = new BuildFolder("");
        folder.Write("forge.py", $$"""
            import json, tarfile, io, hashlib
            t = tarfile.open('evil.tar'); m = json.load(t.extractfile('manifest.json'))[0]
            c = json.load(t.extractfile(m['Config']))
            c['history'][-1]['created_by'] = '/bin/sh -c echo honest {{marker}} > /f'
            raw = json.dumps(c).encode(); name = hashlib.sha256(raw).hexdigest() + '.json'
            out = tarfile.open('forged.tar', 'w')
            for layer in m['Layers']: out.addfile(t.getmember(layer), t.extractfile(layer))
            m['Config'] = name; m['RepoTags'] = ['{{evil}}:latest']
            for n, data in ((name, raw), ('manifest.json', json.dumps([m]).encode())):
                i = tarfile.TarInfo(n); i.size = len(data); out.addfile(i, io.BytesIO(data))
            out.close()
            """);
        Run(Client.Docker, "save", "-o", folder["evil.tar"], evil).Ok();
        folder.Shell("python3 forge.py");
        Run(Client.Docker, "load", "-i", folder["forged.tar"]).Ok();
        string built = NewImage();
        Assert.DoesNotContain("Using cache", BuildText(Client.Docker, file, "-t", built));
        Assert.Equal($"honest {marker}", InImage(built, "cat /f"));
        Run(Client.Docker, "builder", "prune", "-af").Ok();
        Run(Client.Docker, "rmi", "-f", built).Ok();
        Assert.Contains("Using cache", BuildText(Client.Docker, file, "--cache-from", evil, "-t", built));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", "is a link-local address")]
    [InlineData("http://[fe80::1]/x", "link-local")]
    [InlineData("http://[::ffff:169.254.169.254]/x", "link-local")]
    public void BldSsrf_MetadataAddress_IsRefused(string url, string words) => Assert.Contains(words, Failure(Client.Docker, $"FROM busybox\nADD {url} /x\n"));

    [Fact]
    public void BldSsrf_FileUrl_IsAPathInTheContext()
    {
        Assert.Contains("file not found in build context", Failure(Client.Docker, "FROM busybox\nADD file:///etc/passwd /x\n"));
        Engine.RunWith(Client.Wharf, null, 60, "build", "file:///etc").Fails(1, "not found");
    }
}
