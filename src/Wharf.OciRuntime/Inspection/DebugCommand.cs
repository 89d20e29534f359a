using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Inspection;

/// <summary>
/// <c>debug plan</c> prints what a start would do, one operation a line, and does none of it; <c>debug stress N</c> starts the bundle N times
/// under garbage collection.
/// </summary>
internal static class DebugCommand
{
    public static readonly Command Command = new("debug", "print the launch plan of a bundle (plan) or start it N times under stress (stress N)", [new("bundle", 'b')], (arguments, session) =>
    {
        string bundle = Bundle.DirectoryOf(arguments.Text("bundle"));
        IReadOnlyList<string> operands = arguments.Operand(1, 2, "debug");
        return operands switch
        {
            ["plan"] => Plan(bundle, session),
            ["stress", var count] when int.TryParse(count, out int number) && number > 0 => LaunchStress.Run(bundle, number, session),
            _ => throw WharfException.Invalid($"unknown debug command \"{string.Join(' ', operands)}\""),
        };
    });

    private static int Plan(string bundle, Session session)
    {
        using LaunchPlan plan = SpecCompiler.Compile(new LaunchRequest { ContainerId = "debug", Spec = Bundle.Load(Bundle.ConfigOf(bundle)), Bundle = bundle });
        session.Warn(plan.Warnings);
        session.Print(plan.Describe().TrimEnd());
        return 0;
    }
}
