using System.Text;
using Wharf.Templates.Formatting;

namespace Wharf.Templates.Syntax;

/// <summary>A node of the parsed template; its text is Go's, because error messages quote it.</summary>
internal abstract record Node(int Position);

internal sealed record TextNode(int Position, string Text) : Node(Position);

internal sealed record ListNode(int Position, IReadOnlyList<Node> Nodes) : Node(Position);

internal sealed record ActionNode(int Position, PipeNode Pipe) : Node(Position)
{
    public override string ToString() => "{{" + Pipe + "}}";
}

internal enum BranchKind
{
    If,
    With,
    Range,
}

internal sealed record BranchNode(int Position, BranchKind Kind, PipeNode Pipe, ListNode Body, ListNode? Else) : Node(Position);

internal sealed record BreakNode(int Position) : Node(Position);

internal sealed record ContinueNode(int Position) : Node(Position);

internal sealed record TemplateNode(int Position, string Name, PipeNode? Pipe) : Node(Position)
{
    public override string ToString() => "{{template " + GoQuote.Quote(Name) + (Pipe is null ? "" : " " + Pipe) + "}}";
}

/// <summary>A pipeline with the variables it declares or assigns.</summary>
internal sealed record PipeNode(int Position, bool IsAssign, IReadOnlyList<VariableNode> Variables, IReadOnlyList<CommandNode> Commands)
    : Node(Position)
{
    public override string ToString()
    {
        string head = Variables.Count == 0 ? "" : string.Join(", ", Variables) + (IsAssign ? " = " : " := ");
        return head + string.Join(" | ", Commands);
    }
}

internal sealed record CommandNode(int Position, IReadOnlyList<Node> Arguments) : Node(Position)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Node argument in Arguments)
        {
            text.Append(text.Length > 0 ? " " : "");
            text.Append(argument is PipeNode ? "(" + argument + ")" : argument.ToString());
        }

        return text.ToString();
    }
}

internal sealed record DotNode(int Position) : Node(Position)
{
    public override string ToString() => ".";
}

internal sealed record NilNode(int Position) : Node(Position)
{
    public override string ToString() => "nil";
}

internal sealed record LiteralNode(int Position, object Value, string Source) : Node(Position)
{
    public override string ToString() => Source;
}

internal sealed record IdentifierNode(int Position, string Name) : Node(Position)
{
    public override string ToString() => Name;
}

internal sealed record FieldNode(int Position, IReadOnlyList<string> Path) : Node(Position)
{
    public override string ToString() => "." + string.Join('.', Path);
}

/// <summary>A variable with its dollar sign, and fields behind it.</summary>
internal sealed record VariableNode(int Position, IReadOnlyList<string> Path) : Node(Position)
{
    public override string ToString() => string.Join('.', Path);
}

/// <summary>Fields behind a parenthesised pipeline or a function.</summary>
internal sealed record ChainNode(int Position, Node Inner, IReadOnlyList<string> Path) : Node(Position)
{
    public override string ToString() => (Inner is PipeNode ? "(" + Inner + ")" : Inner.ToString()) + "." + string.Join('.', Path);
}
