using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Tests.Fakes;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Tests.Containers;

public sealed class CreationRulesTests
{
    public static TheoryData<string, ContainerCreateRequest> Refused => new()
    {
        { "Minimum memory limit allowed is 6MB", Host(h => h.Memory = 4 << 20) },
        { "Minimum memoryswap limit should be larger than memory limit, see usage", Host(h => (h.Memory, h.MemorySwap) = (64 << 20, 32 << 20)) },
        { "You should always set the Memory limit when using Memoryswap limit, see usage", Host(h => h.MemorySwap = 64 << 20) },
        { "Invalid value: 101, valid memory swappiness range is 0-100", Host(h => h.MemorySwappiness = 101) },
        { "Minimum memory limit can not be less than memory reservation limit, see usage", Host(h => (h.Memory, h.MemoryReservation) = (32 << 20, 64 << 20)) },
        { "Conflicting options: Nano CPUs and CPU Quota cannot both be set", Host(h => (h.NanoCpus, h.CpuQuota) = (500_000_000, 50_000)) },
        { "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)", Host(h => h.CpuPeriod = 10) },
        { "Invalid value x for cpuset cpus", Host(h => h.CpusetCpus = "x") },
        { "Range of blkio weight is from 10 to 1000", Host(h => h.BlkioWeight = 5) },
        { "Invalid value 1001, range for oom score adj is [-1000, 1000]", Host(h => h.OomScoreAdj = 1001) },
        { "can't create 'AutoRemove' container with restart policy", Host(h => (h.AutoRemove, h.RestartPolicy) = (true, new RestartPolicy { Name = "always" })) },
        { "invalid restart policy: maximum retry count can only be used with 'on-failure'", Host(h => h.RestartPolicy = new RestartPolicy { Name = "always", MaximumRetryCount = 1 }) },
        { "invalid restart policy: unknown policy 'often'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'", Host(h => h.RestartPolicy = new RestartPolicy { Name = "often" }) },
        { "invalid CapAdd: unknown capability: \"CAP_FLY\"", Host(h => h.CapAdd = ["fly"]) },
        { "invalid --security-opt 2: \"foo=bar\"", Host(h => h.SecurityOpt = ["foo=bar"]) },
        { "invalid IPC mode: sometimes", Host(h => h.IpcMode = "sometimes") },
        { "invalid PID mode: container:", Host(h => h.PidMode = "container:") },
        { "invalid UTS mode: none", Host(h => h.UTSMode = "none") },
        { "conflicting options: hostname and the network mode", new ContainerCreateRequest { Hostname = "x", HostConfig = new HostConfig { NetworkMode = "container:y" } } },
        { "conflicting options: port publishing and the container type network mode", Host(h => (h.NetworkMode, h.PortBindings) = ("container:y", new() { ["80/tcp"] = [] })) },
        { "bad format for add-host: \"nonsense\"", Host(h => h.ExtraHosts = ["nonsense"]) },
        { "invalid IP address in add-host: \"x1.2.3\"", Host(h => h.ExtraHosts = ["a:x1.2.3"]) },
        { "invalid port specification: \"99999\"", Host(h => h.PortBindings = new() { ["80/tcp"] = [new PortBinding { HostPort = "99999" }] }) },
        { "invalid ulimit type: files", Host(h => h.Ulimits = [new HostConfigUlimits { Name = "files", Soft = 1, Hard = 1 }]) },
        { "ulimit soft limit must be less than or equal to hard limit: 2 > 1", Host(h => h.Ulimits = [new HostConfigUlimits { Name = "nofile", Soft = 2, Hard = 1 }]) },
        { "sysctl \"vm.swappiness\" is not in a separate kernel namespace", Host(h => h.Sysctls = new() { ["vm.swappiness"] = "1" }) },
        { "unknown or invalid runtime name: fast", Host(h => h.Runtime = "fast") },
        { "logger: no log driver named 'fancy' is registered", Host(h => h.LogConfig = new HostConfigLogConfig { Type = "fancy" }) },
        { "unknown log opt 'colour' for json-file log driver", Host(h => h.LogConfig = new HostConfigLogConfig { Type = "json-file", Config = new() { ["colour"] = "1" } }) },
        { "the working directory 'tmp' is invalid, it needs to be an absolute path", new ContainerCreateRequest { WorkingDir = "tmp" } },
        { "invalid environment variable: =x", new ContainerCreateRequest { Env = ["=x"] } },
        { "invalid signal: SIGNOPE", new ContainerCreateRequest { StopSignal = "SIGNOPE" } },
        { "Interval in Healthcheck cannot be less than 1ms", new ContainerCreateRequest { Healthcheck = new HealthConfig { Interval = 5 } } },
        { "invalid volume specification: '/a:b'", Host(h => h.Binds = ["/a:b"]) },
        { "invalid mode: loud", Host(h => h.Binds = ["/a:/b:loud"]) },
        { "Duplicate mount point: /b", Host(h => h.Binds = ["/a:/b", "/c:/b"]) },
        { "invalid mount config for type \"bind\": bind source path does not exist: /no/such/path", Host(h => h.Mounts = [new MountRequest { Type = "bind", Source = "/no/such/path", Target = "/x" }]) },
        { "invalid mount config for type \"magic\": mount type unknown", Host(h => h.Mounts = [new MountRequest { Type = "magic", Target = "/x" }]) },
        { "invalid mount config for type \"volume\": invalid specification: destination can't be '/'", Host(h => h.Mounts = [new MountRequest { Type = "volume", Target = "/" }]) },
        { "No such image: absent:latest", new ContainerCreateRequest { Image = "absent" } },
        { "No such container: ghost", Host(h => h.VolumesFrom = ["ghost"]) },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Create_BadRequest_IsRefusedInDockersWordsAndLeavesNothing(string text, ContainerCreateRequest request)
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        var error = await Assert.ThrowsAsync<WharfException>(() => rig.CreateAsync(request, "named"));
        Assert.StartsWith(text, error.Message, StringComparison.Ordinal);
        Assert.NotEqual(ErrorKind.Internal, error.Kind);
        Assert.Empty(rig.Rootfs);
        await rig.CreateAsync(name: "named");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("-x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public async Task Create_BadName_IsRefused(string name)
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        Assert.Equal($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", (await Assert.ThrowsAsync<WharfException>(() => rig.CreateAsync(name: name))).Message);
    }

    [Theory]
    [InlineData(null, null, "/entry image-arg")]
    [InlineData(null, "own", "/entry own")]
    [InlineData("/mine", null, "/mine")]
    [InlineData("/mine", "own", "/mine own")]
    [InlineData("", "own", "own")]
    public async Task Create_EntrypointAndCommand_FollowDockersTable(string? entrypoint, string? command, string expected)
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        rig.Image = new RunConfig { Entrypoint = ["/entry"], Cmd = ["image-arg"] };
        string id = await rig.CreateAsync(new ContainerCreateRequest { Entrypoint = entrypoint is null ? null : [entrypoint], Cmd = command is null ? null : [command] });
        ContainerInspectResponse shown = await rig.InspectAsync(id);
        Assert.Equal(expected, string.Join(' ', shown.Args!.Prepend(shown.Path!)));
    }

    [Fact]
    public async Task Create_NoCommandAnywhere_IsRefused()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        rig.Image = new RunConfig();
        Assert.Equal("no command specified", (await Assert.ThrowsAsync<WharfException>(() => rig.CreateAsync())).Message);
    }

    [Fact]
    public async Task Create_ImageSettings_AreMergedByName()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        rig.Image = new RunConfig
        {
            Cmd = ["x"],
            Env = ["A=image", "B=image"],
            Labels = new() { ["l1"] = "image", ["l2"] = "image" },
            ExposedPorts = new() { ["80/tcp"] = EmptyValue.Instance },
            User = "nginx",
            WorkingDir = "/srv",
            StopSignal = "SIGQUIT",
            Healthcheck = new HealthCheck { Test = ["CMD", "probe"], Retries = 7 },
        };
        ContainerConfig config = (await rig.InspectAsync(await rig.CreateAsync(new ContainerCreateRequest
        {
            Env = ["B=own", "C=own"],
            Labels = new() { ["l2"] = "own" },
            ExposedPorts = new() { ["81/udp"] = EmptyObject.Instance },
            Healthcheck = new HealthConfig { Interval = 2_000_000 },
        }))).Config!;
        Assert.Equal(["B=own", "C=own", "A=image"], config.Env);
        Assert.Equal(("image", "own"), (config.Labels!["l1"], config.Labels["l2"]));
        Assert.Equal(["80/tcp", "81/udp"], config.ExposedPorts!.Keys.Order());
        Assert.Equal(("nginx", "/srv", "SIGQUIT"), (config.User, config.WorkingDir, config.StopSignal));
        Assert.Equal((2_000_000L, 7L), (config.Healthcheck!.Interval, config.Healthcheck.Retries));
        Assert.Equal(["CMD", "probe"], config.Healthcheck.Test);
    }

    [Fact]
    public async Task Create_Volumes_AnonymousGoWithTheContainerNamedStay()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        rig.Image = new RunConfig { Cmd = ["x"], Volumes = new() { ["/data"] = EmptyValue.Instance } };
        Directory.CreateDirectory(Path.Combine(rig.Files, "data"));
        File.WriteAllText(Path.Combine(rig.Files, "data/seed"), "from the image");
        string id = await rig.CreateAsync(Host(h => h.Binds = ["named:/other"]));
        List<MountPoint> mounts = (await rig.InspectAsync(id)).Mounts!;
        MountPoint anonymous = mounts.Single(m => m.Destination == "/data"), named = mounts.Single(m => m.Destination == "/other");
        Assert.Equal("from the image", File.ReadAllText(Path.Combine(anonymous.Source!, "seed")));
        Assert.Equal(("named", "z", "local"), (named.Name, named.Mode, named.Driver));
        Assert.Equal(64, anonymous.Name!.Length);
        await rig.Containers.RemoveAsync(id, new ContainerRemoveOptions(Volumes: true), CancellationToken.None);
        Assert.Equal(["named"], rig.Engine.Volumes.List(FilterSet.Empty).Volumes!.Select(v => v.Name!));
    }

    private static ContainerCreateRequest Host(Action<HostConfig> change)
    {
        var host = new HostConfig();
        change(host);
        return new ContainerCreateRequest { HostConfig = host };
    }
}
