using FsCheck;
using FsCheck.Experimental;
using FsCheck.Fluent;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>One operation on something under test and on its model, which must agree afterwards.</summary>
/// <param name="name">What a failure prints.</param>
/// <param name="isPossible">Whether the model allows it.</param>
/// <param name="onModel">The model after it.</param>
/// <param name="onActual">Does it.</param>
/// <param name="difference">Says how the thing differs from the model; null if it does not.</param>
internal sealed class Step<TActual, TModel>(
    string name, Func<TModel, bool> isPossible, Func<TModel, TModel> onModel, Action<TActual> onActual,
    Func<TActual, TModel, string?> difference) : Operation<TActual, TModel>
{
    public override bool Pre(TModel model) => isPossible(model);

    public override TModel Run(TModel model) => onModel(model);

    public override Property Check(TActual actual, TModel model)
    {
        onActual(actual);
        string? found = difference(actual, model);
        return (found is null).Label($"after {name}: {found}");
    }

    public override string ToString() => name;

    /// <summary>The same, with a slip after it that the model knows nothing of, where the name begins like this.</summary>
    public Step<TActual, TModel> WithSlip(string operation, Action<TActual> slip) =>
        !name.StartsWith(operation, StringComparison.Ordinal)
            ? this
            : new(name, isPossible, onModel, actual =>
            {
                onActual(actual);
                slip(actual);
            }, difference);
}

/// <summary>What a machine finds.</summary>
internal static class Machines
{
    /// <summary>The message of the shortest series of operations that goes wrong; null if none does.</summary>
    public static string? Finding<TActual, TModel>(this Machine<TActual, TModel> machine) =>
        Record.Exception(() => Check.One(Config.QuickThrowOnFailure, machine.ToProperty()))?.Message;
}

/// <summary>Starts with a new thing and its model.</summary>
internal sealed class Start<TActual, TModel>(Func<TActual> actual, TModel model) : Setup<TActual, TModel>
{
    public override TActual Actual() => actual();

    public override TModel Model() => model;
}
