using System.Globalization;
using System.Text;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;

namespace Wharf.Runtime.Launch;

/// <summary>process.oomScoreAdj: how likely the kernel is to choose the process when memory is gone (proc(5), oom_score_adj).</summary>
internal static class OutOfMemorySteps
{
    private const int AtCurrentDirectory = -100;
    private const string ScoreFile = "/proc/self/oom_score_adj";

    public static int? SetScore(PlanBuilder builder, ProcessSpec process) => SetScore(builder.Plan, process, builder.Own, builder.Warnings);

    /// <summary>While /proc is still the host's. A score below our own needs CAP_SYS_RESOURCE; without it ours stays.</summary>
    /// <returns>Our own score, for <see cref="Restore"/>; null where the child does not change it.</returns>
    public static int? SetScore(SyscallPlan plan, ProcessSpec process, CapabilitySet own, List<string> warnings)
    {
        if (process.OomScoreAdj is not { } score)
        {
            return null;
        }

        int current = int.Parse(SmallFile.Read(ScoreFile).AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (score == current)
        {
            return null;
        }

        if (score < current && !own.Has(Capability.SysResource))
        {
            warnings.Add($"oom_score_adj {score} cannot be had without CAP_SYS_RESOURCE, {current} is used");
            return null;
        }

        PlanSlot file = plan.NewSlot();
        byte[] text = Encoding.ASCII.GetBytes(score.ToString(CultureInfo.InvariantCulture));
        plan.Add("open", ScoreFile, Call.openat, AtCurrentDirectory, plan.Text(ScoreFile), (int)(OpenFlags.WriteOnly | OpenFlags.CloseOnExec)).Save(file);
        plan.Add("write", "oom_score_adj", Call.write, file, plan.Bytes(text), text.Length);
        return current;
    }

    /// <summary>
    /// The kernel gives a score to all processes that share memory (__set_oom_adj), and until execve(2) the child shares ours: what it set for
    /// itself is taken back here, once it has memory of its own.
    /// </summary>
    public static void Restore(int score) => SmallFile.Write(ScoreFile, score.ToString(CultureInfo.InvariantCulture));
}
