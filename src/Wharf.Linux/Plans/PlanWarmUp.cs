using System.Runtime;

namespace Wharf.Linux.Plans;

/// <summary>
/// Where code is compiled just in time (tests, development), a method's first call goes through the runtime, which a cloned child must
/// not. So every method the child can reach is called once here, on a plan that cannot do anything. Compiled ahead, this
/// costs one failing call per process.
/// </summary>
internal static unsafe class PlanWarmUp
{
    private static readonly Lazy<bool> Done = new(Exercise);

    public static void Ensure() => _ = Done.Value;

    private static bool Exercise()
    {
        // Not RuntimeFeature.IsDynamicCodeCompiled: that is switched off in development builds of programs that are published ahead of time.
        if (JitInfo.GetCompiledMethodCount() == 0)
        {
            return true;
        }

        string root = Directory.CreateTempSubdirectory("wharf-warm-up-").FullName;
        try
        {
            File.CreateSymbolicLink(root + "/link", "./made");
            FileCalls.Open(root, OpenFlags.Path | OpenFlags.Directory, out var handle).ThrowIfError("open", root);
            FileCalls.Pipe(out var statusRead, out var statusWrite).ThrowIfError("pipe2");
            FileCalls.Pipe(out var resumeRead, out var resumeWrite).ThrowIfError("pipe2");
            resumeWrite.Dispose();
            using var plan = new SyscallPlan();
            using var memory = new PlanMemory();
            PlanSlot slot = plan.NewSlot();
            PlanSlot opened = plan.NewSlot();
            PlanLabel next = plan.NewLabel();
            plan.Add("root", null, Call.fcntl, handle.Number(), 0, 64).Save(slot);
            plan.StoreInt32(plan.Zeroed(8), slot);
            plan.Jump(next);
            plan.Mark(next);
            plan.OpenInRoot("open", slot, "link/../link/x/y", OpenFlags.Path, PlanMake.File).Save(opened);
            plan.Add("close", null, Call.close, opened).IgnoreErrors();
            plan.Add("close", null, Call.close, slot).IgnoreErrors();
            plan.Meet("meet", 1);
            var context = (PlanContext*)memory.Zeroed(sizeof(PlanContext));
            context->Raw = RawSyscall.Pointer;
            context->Operations = plan.Seal();
            context->Count = plan.Count;
            context->Slots = (long*)memory.Zeroed(64);
            context->Scratch = (byte*)memory.Zeroed(3 * PlanContext.PathBufferSize);
            context->StatusDescriptor = statusWrite.Number();
            context->ResumeDescriptor = resumeRead.Number();
            context->Rehearsal = 1;
            // through the very pointer that a child's stack begins with: what it leads to is settled by the first call
            delegate*<PlanContext*, void> entry = &PlanInterpreter.Run;
            entry(context);
            handle.Dispose();
            statusRead.Dispose();
            statusWrite.Dispose();
            resumeRead.Dispose();
            return true;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
