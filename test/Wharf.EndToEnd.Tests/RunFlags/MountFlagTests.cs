using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Mounts, as the container's own mount table and files show them.</summary>
public sealed class MountFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    [Theory, MemberData(nameof(Clients)), CoversFlags("volume")]
    public void Volume_EveryForm(Client client)
    {
        string folder = TemporaryFolder();
        Sh(client, "echo there > /in/x", "-v", folder + ":/in");
        Assert.Equal("there\n", File.ReadAllText(Path.Combine(folder, "x")));
        Assert.Contains("Read-only file system", Sh(client, "touch /in/y 2>&1; true", "-v", folder + ":/in:ro"));
        Assert.Contains("rw", Sh(client, "grep ' /in ' /proc/mounts", "-v", folder + ":/in:rw,z"));
        string made = Path.Combine(Engine.Root, "made" + client);
        Sh(client, "true", "-v", made + ":/in");
        Assert.True(Directory.Exists(made), "a missing host path of -v is made");
        string named = "v" + NewName();
        Sh(client, "echo kept > /data/x", "-v", named + ":/data");
        Assert.Equal("kept", Sh(client, "cat /data/x", "-v", named + ":/data:nocopy"));
        Run(Client.Docker, "volume", "rm", named).Ok();
        Assert.Contains(" /anonymous ", Sh(client, "grep ' /anonymous ' /proc/mounts", "-v", "/anonymous"));
        Assert.Contains("shared:", Sh(client, "grep ' /in ' /proc/self/mountinfo", "-v", SharedFolder() + ":/in:shared"));
        Assert.Contains("master:", Sh(client, "grep ' /in ' /proc/self/mountinfo", "-v", SharedFolder() + ":/in:rslave"));
        Run(client, "run", "--rm", "-v", "/a:/b:nonsense", "busybox", "true").Fails(125, "invalid mode: nonsense");
        Run(client, "run", "--rm", "-v", "/a:relative", "busybox", "true").Fails(125, "must be absolute");
        Run(client, "run", "--rm", "-v", "/a:/", "busybox", "true").Fails(125, "can't be '/'");
    }

    private string SharedFolder()
    {
        string folder = TemporaryFolder();
        Command.Run("mount", ["--bind", folder, folder]).Ok();
        Command.Run("mount", ["--make-shared", folder]).Ok();
        return folder;
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("mount")]
    public void Mount_Bind_AllKeys(Client client)
    {
        string folder = TemporaryFolder();
        File.WriteAllText(Path.Combine(folder, "x"), "content");
        Assert.Equal("content", Sh(client, "cat /in/x", "--mount", $"type=bind,source={folder},target=/in"));
        Assert.Contains("Read-only", Sh(client, "touch /in/y 2>&1; true", "--mount", $"type=bind,src={folder},dst=/in,readonly"));
        Run(client, "run", "--rm", "--mount", $"type=bind,src={folder}/none,dst=/in", "busybox", "true").Fails(125, "bind source path does not exist: " + folder + "/none");
        Assert.Contains("master:", Sh(client, "grep ' /in ' /proc/self/mountinfo", "--mount", $"type=bind,src={SharedFolder()},dst=/in,bind-propagation=slave"));
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        Command.Run("mount", ["-t", "tmpfs", "x", Path.Combine(folder, "sub")]).Ok();
        try
        {
            Assert.Contains("Read-only", Sh(client, "touch /in/sub/y 2>&1; true", "--mount", $"type=bind,src={folder},dst=/in,ro,bind-propagation=rprivate,bind-recursive=readonly"));
            Assert.Contains("Read-only", Sh(client, "touch /in/sub/y 2>&1; true", "--mount", $"type=bind,src={folder},dst=/in,ro"));
            Assert.Equal("", Sh(client, "touch /in/sub/y 2>&1; true", "--mount", $"type=bind,src={folder},dst=/in,ro,bind-recursive=writable"));
            Assert.DoesNotContain("/in/sub", Sh(client, "cat /proc/mounts", "--mount", $"type=bind,src={folder},dst=/in,bind-recursive=disabled"));
        }
        finally
        {
            Command.Run("umount", [Path.Combine(folder, "sub")]).Ok();
        }

        Run(client, "run", "--rm", "--mount", "type=bind,dst=/in", "busybox", "true").Fails(125, "field Source must not be empty");
        Run(client, "run", "--rm", "--mount", "type=nonsense,dst=/in", "busybox", "true").Fails(125, "nonsense");
        Run(client, "run", "--rm", "--mount", "type=bind,src=/tmp,dst=/in,colour=red", "busybox", "true").Fails(125, "colour");
    }

    [Fact]
    public void Mount_BindCreateSource_MakesTheFolder()
    {
        string folder = Path.Combine(TemporaryFolder(), "new");
        Sh(Client.Wharf, "true", "--mount", $"type=bind,src={folder},dst=/in,bind-create-src");
        Assert.True(Directory.Exists(folder));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mount_Volume_AllKeys(Client client)
    {
        string volume = "v" + NewName();
        Sh(client, "mkdir /data/sub; echo deep > /data/sub/x", "--mount", $"type=volume,source={volume},target=/data,volume-label=quay=3");
        Assert.Equal("3", Run(Client.Docker, "volume", "inspect", "-f", "{{index .Labels \"quay\"}}", volume).Ok().Text);
        Assert.Equal("deep", Sh(client, "cat /part/x", "--mount", $"type=volume,src={volume},dst=/part,volume-subpath=sub"));
        Run(client, "run", "--rm", "--mount", $"type=volume,src={volume},dst=/part,volume-subpath=none", "busybox", "true").Fails(127, "none: no such file or directory");
        Assert.Contains("Read-only", Sh(client, "touch /data/y 2>&1; true", "--mount", $"type=volume,src={volume},dst=/data,readonly"));
        Run(Client.Docker, "volume", "rm", volume).Ok();
        Assert.Equal("empty", Sh(client, "[ -e /etc/passwd ] && echo copied || echo empty", "--mount", "type=volume,dst=/etc,volume-nocopy"));
        Assert.Equal("copied", Sh(client, "[ -e /bin2/x ] && echo no; [ -z \"$(ls /var)\" ] && echo empty || echo copied", "--mount", "type=volume,dst=/var"));
        string tmpfs = "v" + NewName();
        Assert.Contains("tmpfs", Sh(client, "grep ' /data ' /proc/mounts", "--mount", $"type=volume,src={tmpfs},dst=/data,volume-driver=local,volume-opt=type=tmpfs,volume-opt=device=tmpfs,\"volume-opt=o=size=1m,uid=5\""));
        Run(Client.Docker, "volume", "rm", tmpfs).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mount_PartOfAVolume_StaysWithinItAndIsFilledFromTheImage(Client client)
    {
        string volume = "v" + NewName();
        Sh(client, "mkdir /data/real /data/bin; echo deep > /data/real/x; ln -s ../real /data/bin/../near; ln -s real /data/good; ln -s / /data/root; ln -s ../.. /data/up", "--mount", $"type=volume,src={volume},dst=/data");
        Assert.Equal("deep", Sh(client, "cat /part/x", "--mount", $"type=volume,src={volume},dst=/part,volume-subpath=good"));
        foreach (string outside in new[] { "near", "root", "up" })
        {
            Run(client, "run", "--rm", "--mount", $"type=volume,src={volume},dst=/part,volume-subpath={outside}", "busybox", "true").Fails(125, "path concatenation escapes the base directory");
        }

        Assert.Equal("copied", Sh(client, "[ -x /bin/busybox ] && echo copied", "--mount", $"type=volume,src={volume},dst=/bin,volume-subpath=bin"));
        Run(Client.Docker, "volume", "rm", volume).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mount_Image_IsInUseAsLongAsTheContainerIsThere(Client client)
    {
        string image = NewName(), name = NewName();
        Run(Client.Docker, "run", "--name", name + "-maker", "busybox", "touch", "/mine").Ok();
        Run(Client.Docker, "commit", name + "-maker", image).Ok();
        Run(client, "create", "--name", name, "--mount", $"type=image,src={image},dst=/image", "busybox", "ls", "/image/mine").Ok();
        string id = Inspect(name, "{{.Id}}")[..12], imageId = Run(Client.Docker, "image", "inspect", "-f", "{{.Id}}", image).Ok().Text["sha256:".Length..][..12];

        Run(client, "rmi", image).Fails(1, $"container {id} is using its referenced image {imageId}");

        Run(client, "rm", name).Ok();
        Run(client, "rmi", image).Ok();
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("tmpfs")]
    public void Tmpfs_SizeAndMode(Client client)
    {
        Assert.Contains("size=1024k", Sh(client, "grep ' /t ' /proc/mounts", "--tmpfs", "/t:size=1m,mode=700"));
        Assert.Equal("700", Sh(client, "stat -c %a /t", "--tmpfs", "/t:size=1m,mode=700"));
        Assert.Contains("noexec", Sh(client, "grep ' /t ' /proc/mounts", "--tmpfs", "/t"));
        Assert.Equal("1777", Sh(client, "stat -c %a /t", "--mount", "type=tmpfs,dst=/t"));
        string mounted = Sh(client, "grep ' /t ' /proc/mounts; stat -c %a /t", "--mount", "type=tmpfs,dst=/t,tmpfs-size=2m,tmpfs-mode=0750");
        Assert.Contains("size=2048k", mounted);
        Assert.EndsWith("750", mounted);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mount_Image_AndItsSubpath(Client client)
    {
        Assert.Equal("ok", Sh(client, "[ -e /img/bin/busybox ] && echo ok", "--mount", "type=image,source=busybox,target=/img"));
        Assert.Contains("Read-only", Sh(client, "touch /img/x 2>&1; true", "--mount", "type=image,source=busybox,target=/img"));
        Assert.Equal("ok", Sh(client, "[ -e /img/passwd ] && echo ok", "--mount", "type=image,source=busybox,target=/img,image-subpath=etc"));
        Run(client, "run", "--rm", "--mount", "type=image,source=busybox,target=/img,image-subpath=none", "busybox", "true").Fails(127, "none: no such file or directory");
        Run(client, "run", "--rm", "--mount", "type=image,source=nosuchimage,target=/img", "busybox", "true").Fails(125, "nosuchimage");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("volumes-from")]
    public void VolumesFrom_TakesTheOthersMounts(Client client)
    {
        string name = NewName();
        Run(client, "create", "--name", name, "-v", "/data", "busybox").Ok();
        Sh(client, "echo mine > /data/x", "--volumes-from", name);
        Assert.Equal("mine", Sh(client, "cat /data/x", "--volumes-from", name));
        Assert.Contains("Read-only", Sh(client, "touch /data/y 2>&1; true", "--volumes-from", name + ":ro"));
        Run(client, "run", "--rm", "--volumes-from", "nosuch", "busybox", "true").Fails(125, "No such container: nosuch");
        Run(client, "run", "--rm", "--volumes-from", name + ":nonsense", "busybox", "true").Fails(125, "nonsense");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("volume-driver")]
    public void VolumeDriver_LocalAndUnknown(Client client)
    {
        string volume = "v" + NewName();
        Sh(client, "true", "--volume-driver", "local", "-v", volume + ":/data");
        Assert.Equal("local", Run(Client.Docker, "volume", "inspect", "-f", "{{.Driver}}", volume).Ok().Text);
        Run(Client.Docker, "volume", "rm", volume).Ok();
        Run(client, "run", "--rm", "--volume-driver", "nosuchdriver", "-v", volume + ":/data", "busybox", "true").Fails(125, "nosuchdriver");
    }
}
