using System.Globalization;
using System.Text;

namespace Wharf.Linux.Plans;

/// <summary>Prints a plan for people and for tests: addresses are left out, so equal plans print equal.</summary>
internal static class PlanDescription
{
    public static string Of(SyscallPlan plan, IReadOnlyList<int> labels)
    {
        var text = new StringBuilder();
        for (int i = 0; i < plan.Count; i++)
        {
            PlanOperation o = plan.Operations[i];
            text.Append(CultureInfo.InvariantCulture, $"{i,3} {plan.NameOf(i)}");
            if (o.SaveSlot >= 0)
            {
                text.Append(CultureInfo.InvariantCulture, $" -> ${o.SaveSlot}");
            }

            if (o.IgnoreErrors != 0)
            {
                text.Append(" (errors ignored)");
            }

            if (o.Kind is OperationKind.Jump or OperationKind.JumpIfZero)
            {
                text.Append(CultureInfo.InvariantCulture, $" to {Place(o.Target1, i, labels)}");
            }
            else
            {
                Handler(text, o.Errno1, o.Target1, i, labels);
                Handler(text, o.Errno2, o.Target2, i, labels);
                Handler(text, o.Errno3, o.Target3, i, labels);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Handler(StringBuilder text, int errno, int target, int index, IReadOnlyList<int> labels)
    {
        if (errno != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" [{(Errno)errno}: {Place(target, index, labels)}]");
        }
    }

    private static int Place(int target, int index, IReadOnlyList<int> labels) => target == 0 ? index + 1 : labels[target - 1];
}
