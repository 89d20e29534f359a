using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>What images and archives say that no engine must believe.</summary>
public sealed class ImageAttackTests(SharedEngine shared) : AttackTest(shared)
{
    [Fact]
    [Trait("attack", "img-volume-path")]
    public void VolumesThatLeadOut_HoldNothingOfTheHost()
    {
        string secret = Directory.CreateTempSubdirectory("wharf-outside-").FullName;
        File.WriteAllText(secret + "/secret", "of the host");
        string up = "/../../../../../../../.." + secret;
        string image = Image(tree =>
        {
            File.CreateSymbolicLink(tree + "/absolute", secret);
            File.CreateSymbolicLink(tree + "/relative", up[1..]);
            Directory.CreateDirectory(tree + "/below");
            File.CreateSymbolicLink(tree + "/below/link", secret);
        }, $"VOLUME [\"{up}\",\"/absolute\",\"/relative\",\"/below/link\",\"/below/link/deeper\"]");
        string name = NewName();
        CommandResult made = Run(Client.Docker, "create", "--name", name, image, "sh", "-c", "cat /absolute/secret /relative/secret /below/link/secret " + secret + "/secret; true");
        if (made.ExitCode == 0)
        {
            CommandResult ran = Run(Client.Docker, "start", "-a", name);
            Assert.DoesNotContain("of the host", ran.Out + ran.Error);
            foreach (string source in Inspect(name, "{{range .Mounts}}{{.Source}} {{end}}").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.StartsWith(Engine.DataRoot, source);
                Assert.False(File.Exists(source + "/secret"), $"{source} holds what is the host's");
            }
        }

        Assert.Equal("secret", string.Join(' ', Directory.EnumerateFileSystemEntries(secret).Select(Path.GetFileName)));
        Run(Client.Docker, "rm", "-f", "-v", name);
        Assert.Equal("of the host", File.ReadAllText(secret + "/secret"));
        Run(Client.Docker, "rmi", "-f", image).Ok();
        Directory.Delete(secret, recursive: true);
    }

    [Fact]
    [Trait("attack", "checkpoint-trust")]
    public void CheckpointsAndTheirAnnotations_AreRefusedOrMeanNothing()
    {
        using var outside = new Outside();
        // what CRI-O, podman and containerd take for orders when it comes with a checkpoint or from above
        string[] orders =
        [
            "io.kubernetes.cri-o.annotations.checkpoint.name=x", "io.podman.annotations.checkpoint.name=x", "org.criu.checkpoint.container.name=x",
            "cdi.k8s.io/vendor=vendor.example/device=all", "io.containerd.checkpoint=" + outside.Path, "io.podman.annotations.privileged=TRUE",
            $"run.oci.hooks.stdout={outside.Path}/hook", "module.wasm.image/variant=compat",
        ];
        string image = Image(tree =>
        {
            File.WriteAllText(tree + "/spec.dump", $$$"""{"ociVersion":"1.0.0","hooks":{"prestart":[{"path":"/bin/touch","args":["touch","{{{outside.Path}}}/hook"]}]}}""");
            File.WriteAllText(tree + "/config.dump", $$"""{"rootfsImageName":"busybox","externalBindMounts":["{{outside.Path}}"]}""");
            Directory.CreateDirectory(tree + "/checkpoint");
        }, [.. orders.Select(o => "LABEL " + o[..o.IndexOf('=')] + "=\"" + o[(o.IndexOf('=') + 1)..] + "\"")]);
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, image, "sleep", "600").Ok();
        Assert.Equal("false [] []", Inspect(name, "{{.HostConfig.Privileged}} {{.HostConfig.Devices}} {{.Mounts}}"));
        Assert.Contains("CapEff:\t00000000a80425fb", Run(Client.Docker, "exec", name, "cat", "/proc/1/status").Ok().Out);

        string checkpoint = $"/containers/{name}/checkpoints";
        string body = $$"""{"CheckpointID":"x","CheckpointDir":"{{outside.Path}}","Exit":false}""";
        string answer = Engine.Http($"POST {checkpoint} HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        Assert.Matches("^HTTP/1.1 (404|501)", answer);
        Run(Client.Docker, "stop", "-t", "0", name).Ok();
        string started = Engine.Http($"POST /containers/{name}/start?checkpoint=x&checkpoint-dir={outside.Path} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (400|501)", started);
        Assert.Contains("checkpoint", started);
        Assert.Equal("exited", Inspect(name, "{{.State.Status}}"));
        outside.MustBeUntouched();
        Run(Client.Docker, "rm", "-f", name).Ok();
        Run(Client.Docker, "rmi", "-f", image).Ok();
    }
}
