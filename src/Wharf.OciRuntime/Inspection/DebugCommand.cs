using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.OciRuntime.Inspection;

/// <summary><c>debug plan</c>: prints what a start would do, one operation a line, and does none of it.</summary>
internal static class DebugCommand
{
    public static readonly Command Command = new("debug", "print the launch plan of a bundle: debug --bundle DIR plan", [new("bundle", 'b')], (arguments, session) =>
    {
        if (arguments.Operand(1, 1, "debug")[0] != "plan")
        {
            throw WharfException.Invalid($"unknown debug command \"{arguments.Operands[0]}\"");
        }

        string bundle = Bundle.DirectoryOf(arguments.Text("bundle"));
        using LaunchPlan plan = SpecCompiler.Compile(new LaunchRequest { ContainerId = "debug", Spec = Bundle.Load(bundle), Bundle = bundle });
        session.Warn(plan.Warnings);
        session.Print(plan.Describe().TrimEnd());
        return 0;
    });
}
