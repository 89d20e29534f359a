using Microsoft.Win32.SafeHandles;
using Wharf.Linux.Plans;

namespace Wharf.Linux.Tests.Plans;

public sealed class PlanRunTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-plan-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Run_FailingOperation_ReportsPlaceAndError()
    {
        using var plan = new SyscallPlan();
        plan.Add("getpid", null, Call.getpid);
        plan.Add("chdir", "/nowhere", Call.chdir, plan.Text("/nowhere"));

        PlanReport report = Finish(plan);

        Assert.Equal(new PlanReport(PlanProgress.Failed, 1, Errno.ENOENT), report);
    }

    [Fact]
    public void Run_HandledError_GoesOnAtTheLabel()
    {
        using var plan = new SyscallPlan();
        PlanLabel end = plan.NewLabel();
        plan.Add("chdir", null, Call.chdir, plan.Text("/nowhere")).On(Errno.ENOENT, end);
        plan.Fail("skipped", null, Errno.EIO);
        plan.Mark(end);
        plan.Fail("reached", null, Errno.EXDEV);

        Assert.Equal(Errno.EXDEV, Finish(plan).Errno);
    }

    [Fact]
    public void Run_Rendezvous_WaitsForTheParent()
    {
        using var plan = new SyscallPlan();
        plan.Meet("meet", 7);
        plan.Fail("end", null, Errno.EXDEV);
        PlanRun run = PlanRun.Start(plan, NamespaceKinds.None, null, null);

        Assert.Equal(new PlanReport(PlanProgress.Waiting, 7, Errno.None), run.Next());
        run.Continue();
        Assert.Equal(PlanProgress.Failed, run.Next().Progress);
        Reap(run);
    }

    [Fact]
    public void OpenInRoot_DanglingLink_IsMadeInsideTheRoot()
    {
        Directory.CreateDirectory(_root + "/etc");
        File.CreateSymbolicLink(_root + "/etc/resolv.conf", "../run/systemd/resolve/stub");
        File.CreateSymbolicLink(_root + "/abs", "/made/by/link");

        Make("/etc/resolv.conf", PlanMake.File);
        Make("abs/below", PlanMake.Directory);

        Assert.True(File.Exists(_root + "/run/systemd/resolve/stub"));
        Assert.True(Directory.Exists(_root + "/made/by/link/below"));
        Assert.False(Directory.Exists("/made"));
    }

    [Fact]
    public void OpenInRoot_ClimbingLink_CannotLeave()
    {
        File.CreateSymbolicLink(_root + "/up", "../../../../../../../../wharf-escape-test");

        Make("up/dir", PlanMake.Directory);

        Assert.True(Directory.Exists(_root + "/wharf-escape-test/dir"));
        Assert.False(Directory.Exists("/wharf-escape-test"));
    }

    [Fact]
    public void OpenInRoot_LinkWhereNoneMayBe_IsRefused()
    {
        File.CreateSymbolicLink(_root + "/proc", "/etc");
        Assert.Equal(Errno.ELOOP, Open("/proc", PlanMake.Directory, refuseLinks: true).Errno);
        Assert.Equal(Errno.ELOOP, Open("/proc/sub/dir", PlanMake.Directory, refuseLinks: true).Errno);
    }

    [Fact]
    public void OpenInRoot_LinkCircle_Ends()
    {
        File.CreateSymbolicLink(_root + "/a", "b");
        File.CreateSymbolicLink(_root + "/b", "a/x");

        Assert.Equal(Errno.ELOOP, Open("/a/c", PlanMake.Directory, refuseLinks: false).Errno);
    }

    private void Make(string path, PlanMake make) => Assert.Equal(Errno.EXDEV, Open(path, make, refuseLinks: false).Errno);

    private PlanReport Open(string path, PlanMake make, bool refuseLinks)
    {
        using var plan = new SyscallPlan();
        PlanSlot root = plan.NewSlot(), found = plan.NewSlot();
        plan.Add("open", null, Call.openat, -100, plan.Text(_root), (int)(OpenFlags.Path | OpenFlags.Directory)).Save(root);
        plan.OpenInRoot("open", root, path, OpenFlags.Path, make, refuseLinks).Save(found);
        plan.Fail("end", null, Errno.EXDEV);
        return Finish(plan);
    }

    private static PlanReport Finish(SyscallPlan plan)
    {
        PlanRun run = PlanRun.Start(plan, NamespaceKinds.None, null, null);
        PlanReport report = run.Next();
        Reap(run);
        return report;
    }

    private static void Reap(PlanRun run)
    {
        ProcessCalls.Wait(run.PidFd, block: true, out ProcessEnd end).ThrowIfError("waitid");
        run.PidFd.Dispose();
        run.Dispose();
        Assert.Equal(127, end.ExitCode);
    }
}
