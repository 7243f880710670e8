using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Gdn.Properties.Layering;

/// <summary>A use of one namespace by another.</summary>
/// <param name="From">The namespace that uses.</param>
/// <param name="To">The one that is used.</param>
/// <param name="Example">A type and what it uses.</param>
internal sealed record Arrow(string From, string To, string Example);

/// <summary>Which namespaces of an assembly use which others, read from its types, signatures and method bodies.</summary>
/// <remarks>It does not see constants, which the compiler copies, nor references of comments.</remarks>
internal static class NamespaceArrows
{
    /// <summary>The arrows of an assembly, one for each pair of namespaces.</summary>
    public static IReadOnlyList<Arrow> Of(string assemblyPath)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(assemblyPath);
        return
        [
            .. from type in module.GetTypes()
               let home = Outermost(type)
               where IsOurs(home)
               from used in Uses(type)
               let target = Outermost(used)
               where target.Scope == module && target.Namespace != home.Namespace && IsOurs(target)
               group new Arrow(home.Namespace, target.Namespace, $"{home.Name} uses {target.Name}")
                   by (home.Namespace, target.Namespace) into pair
               select pair.MinBy(arrow => arrow.Example),
        ];
    }

    /// <summary>The namespaces of an assembly.</summary>
    public static IReadOnlyList<string> Namespaces(string assemblyPath)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(assemblyPath);
        return
        [
            .. module.Types.Where(IsOurs).Select(type => type.Namespace).Distinct().Order(StringComparer.Ordinal),
        ];
    }

    // Not what the compiler and its generators add.
    private static bool IsOurs(TypeReference type) => type.Namespace.StartsWith("Gdn.", StringComparison.Ordinal);

    private static TypeReference Outermost(TypeReference type) =>
        type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<TypeReference> Uses(TypeDefinition type)
    {
        IEnumerable<TypeReference?> used =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Methods.SelectMany(Uses),
        ];
        return used.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference?> Uses(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(Uses) : [],
    ];

    private static IEnumerable<TypeReference?> Uses(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    // A constructed type is made of others.
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        FunctionPointerType pointer =>
            [.. Parts(pointer.ReturnType), .. pointer.Parameters.SelectMany(parameter => Parts(parameter.ParameterType))],
        TypeSpecification made => Parts(made.ElementType),
        GenericParameter => [],
        _ => [type],
    };
}
